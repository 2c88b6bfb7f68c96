#include "core/base/error.h"
#include "tests/core/capture/chain_samples.h"

#include <gmock/gmock.h>

namespace heedmap {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// A recording of three windows, of which the first two hold what is asked, by the heads that tell when it was said.
std::shared_ptr<const Capture> inWindows()
{
    return Capture::open(kFolder / "chain_windows.heed");
}

Chain throughWindows()
{
    return chainBetween(inWindows(), asked().capture);
}

TEST(ChainWindows, WhatWasHeardIsTheSegmentsOfAllWindows)
{
    const std::optional<CapturedText> text = heardText(*inWindows());
    ASSERT_TRUE(text);
    EXPECT_EQ(text->text, "¿Is  the big café red ? Thank you.") << "without the \" ca\" that was cut off";
    EXPECT_EQ(text->id, "recording");
    EXPECT_EQ(text->windowCount(), 3u);
    ASSERT_EQ(text->tokens.size(), 11u);
    EXPECT_EQ(text->words(text->tokens[4].span), "caf");
    EXPECT_EQ(text->axisOfWindow(text->tokens[4].window), "transcript.2");
    EXPECT_EQ(text->tokenAt("transcript.2", 2), 5u);
    EXPECT_EQ(text->tokenAt("transcript", 5), std::nullopt) << "the row of the token that was cut off";
    EXPECT_FALSE(heardText(*asked().capture));
    EXPECT_EQ(heardText(*heard().capture)->windowCount(), 1u);
}

TEST(ChainWindows, TheKeysAreThoseOfTheWindowsThatAreAskedAbout)
{
    const Chain chain = throughWindows();
    EXPECT_TRUE(chain.a().text.isWholeRecording);
    ASSERT_EQ(chain.a().windows.size(), 2u) << "nobody asks \"Thank you.\"";
    EXPECT_EQ(chain.a().keys().length, 45);
    EXPECT_EQ(chain.a().keyAt("sound", 24), 24);
    EXPECT_EQ(chain.a().keyAt("sound", 25), std::nullopt);
    EXPECT_EQ(chain.a().keyAt("sound.2", 3), 28);
    EXPECT_EQ(chain.a().keyAt("sound.3", 0), std::nullopt);
    EXPECT_EQ(chain.a().keys().label(28), "0.84 s");
    EXPECT_EQ(positionAtSeconds(chain.a().keys(), 0.85), 28) << "heard in both windows: in the later one again";
    EXPECT_EQ(positionAtSeconds(chain.a().keys(), 0.5), 12);
    EXPECT_EQ(secondsOfPosition(chain.a().keys(), 25)->first, 0.72);
}

TEST(ChainWindows, RowsAreThoseOfNumPy)
{
    const Chain chain = throughWindows();
    const Truth join = truthOf("join", "chain_windows");
    const Truth rows = truthOf("a", "chain_windows");
    ASSERT_EQ(chain.join().tokensOfA(), 8u);
    for (std::size_t token = 0; token < 8; ++token) {
        const ChainReading reading = chain.fromTokenOfA(token);
        expectRow(reading.keysOfA, rows, token);
        expectRow(reading.keysOfB, truthOf("from_token_of_a", "chain_windows"), token);
        for (std::size_t other = 0; other < chain.join().tokensOfB(); ++other)
            EXPECT_NEAR(reading.tokensOfB[other], join.at(token, other), 1e-6);
    }
    for (std::size_t token = 0; token < chain.join().tokensOfB(); ++token)
        expectRow(chain.fromTokenOfB(token).keysOfA, truthOf("heard", "chain_windows"), token);
    for (std::int64_t key = 0; key < 45; ++key) {
        const ChainReading reading = chain.fromKeyOfA(key);
        expectRow(reading.keysOfB, truthOf("from_sound", "chain_windows"), static_cast<std::size_t>(key));
        EXPECT_NEAR(reading.mass, truthOf("mass_of_sound", "chain_windows").values[static_cast<std::size_t>(key)],
                    1e-6);
        for (std::size_t token = 0; token < 8; ++token)
            EXPECT_NEAR(reading.tokensOfA[token], rows.at(token, static_cast<std::size_t>(key)), 1e-6);
    }
    for (std::int64_t key = 0; key < chain.b().keys().length; ++key)
        expectRow(chain.fromKeyOfB(key).keysOfA, truthOf("from_picture", "chain_windows"),
                  static_cast<std::size_t>(key));
}

TEST(ChainWindows, TheSameHeadsAreReadInEveryWindow)
{
    const auto capture = inWindows();
    const MapChoice map{0, {1}, {}}; // layer 0 of the first window; two sites a window
    EXPECT_EQ(mapInWindow(*capture, map, "transcript"), map);
    EXPECT_EQ(mapInWindow(*capture, map, "transcript.3"), (MapChoice{4, {1}, {}}));
    EXPECT_THAT([&] { mapInWindow(*capture, map, "transcript.4"); }, ThrowsMessage<Error>(HasSubstr("transcript.4")));
    const MapChoice composed{0, {1}, SiteHead{0, {0}}};
    EXPECT_THROW(mapInWindow(*capture, composed, "transcript.2"), Error);
    const Chain chain({capture, *heardText(*capture), {3, {0}, {}}}, asked()); // named in the second window
    EXPECT_EQ(chain.a().windows[0].map, (MapChoice{1, {0}, {}}));
    EXPECT_EQ(chain.a().windows[1].map, (MapChoice{3, {0}, {}}));
    EXPECT_EQ(chain.a().map, chain.a().windows[0].map);
}

TEST(ChainWindows, OneWindowThatHasTheTextIsEnough)
{
    const auto capture = inWindows();
    CapturedText question = asked().text;
    question.text = "the big";
    question.tokens = {{3, {0, 3}, "the"}, {4, {4, 7}, "big"}};
    std::vector<CapturedText> texts = textsThatSpeak(*capture);
    ASSERT_EQ(texts.size(), 4u);
    const std::vector<CapturedText> questions{question};
    EXPECT_EQ(sharedText(texts, questions).first, 0u) << "before the recording, which has it too";
    texts[0].text = texts[2].text = "the big and the big"; // more than once, so that neither can be joined
    EXPECT_EQ(sharedText(texts, questions).first, 3u);
    const Chain chain({capture, texts[3], {0, {0}, {}}}, {asked().capture, question, {0, {2}, {}}});
    EXPECT_EQ(chain.a().windows.size(), 1u) << "the others have no part in it";
    EXPECT_EQ(chain.a().keys().id, "sound");
}

TEST(ChainWindows, OnlyTheFirstEndMayBeAWholeRecording)
{
    const auto capture = inWindows();
    EXPECT_THAT(
        [&] {
            Chain(asked(), {capture, *heardText(*capture), {0, {0}, {}}});
        },
        ThrowsMessage<Error>(HasSubstr("3 windows")));
}

TEST(ChainWindows, TheFileSaysThatItIsTheWholeRecording)
{
    ChainFolder files;
    std::filesystem::copy_file(kFolder / "chain_windows.heed", files.folder.path() / "chain_windows.heed");
    const Chain chain = chainBetween(Capture::open(files.folder.path() / "chain_windows.heed"),
                                     Capture::open(files.folder.path() / "chain_asked.heed"));
    writeChain(documentOf(chain), files.file);
    const Json json = parseJson(readTextFile(files.file, 1 << 20), "the chain");
    EXPECT_EQ(json["version"], 2) << "older programs do not know of it";
    EXPECT_EQ(json["a"]["text"], (Json{{"kind", "recording"}, {"id", "recording"}, {"axis", "transcript"}}));
    const Chain again = openChain(readChain(files.file));
    EXPECT_EQ(again.a().windows.size(), 2u);
    EXPECT_EQ(again.fromKeyOfB(3).keysOfA, chain.fromKeyOfB(3).keysOfA);
    files.change([](Json& changed) { changed["a"]["text"]["id"] = "question"; });
    EXPECT_THAT([&] { openChain(readChain(files.file)); }, ThrowsMessage<Error>(HasSubstr("has no text")));
}

} // namespace
} // namespace heedmap
