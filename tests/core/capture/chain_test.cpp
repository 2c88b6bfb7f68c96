#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/capture/chain_document.h"
#include "core/capture/chain_maps.h"
#include "core/checkpoint/safetensors.h"
#include "tests/core/capture/capture_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>

// tests/fixtures/capture/make_chain.py wrote the captures, and NumPy says in float64 what a chain through them is.

namespace heedmap {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const std::filesystem::path kFolder = HEEDMAP_SOURCE_DIR "/tests/fixtures/capture";

struct Truth
{
    std::vector<double> values;
    std::int64_t columns = 1;

    double at(std::size_t row, std::size_t column) const
    {
        return values[row * static_cast<std::size_t>(columns) + column];
    }
};

Truth truthOf(const std::string& name, const std::string& chain = "chain")
{
    const SafetensorsFile file = SafetensorsFile::open(kFolder / (chain + ".expected.safetensors"));
    const TensorView& tensor = file.tensors.at(name);
    const std::vector<std::byte> bytes = tensor.copyBytes();
    Truth truth{std::vector<double>(bytes.size() / sizeof(double)), tensor.shape.back()};
    std::memcpy(truth.values.data(), bytes.data(), bytes.size());
    return truth;
}

void expectRow(const std::vector<float>& row, const Truth& truth, std::size_t index)
{
    ASSERT_EQ(static_cast<std::int64_t>(row.size()), truth.columns);
    for (std::size_t i = 0; i < row.size(); ++i)
        EXPECT_NEAR(row[i], truth.at(index, i), 1e-6) << "row " << index << ", column " << i;
}

ChainEnd endOf(const std::string& capture, const std::string& text, const MapChoice& map)
{
    const auto opened = Capture::open(kFolder / capture);
    for (const CapturedText& candidate : capturedTexts(*opened))
        if (candidate.id == text)
            return {opened, candidate, map};
    throw std::runtime_error("no text " + text);
}

ChainEnd heard()
{
    MapChoice map{0, {1}, {}};
    map.set = HeadSet{{}, {{0, {1}}, {1, {0}}}, Reduction::Mean};
    return endOf("chain_heard.heed", "transcript", map);
}

ChainEnd asked()
{
    return endOf("chain_asked.heed", "question", {0, {2}, {}});
}

TEST(ChainTest, TheJoinIsTheOneOfNumPy)
{
    const Chain chain(heard(), asked());
    const Truth truth = truthOf("join");
    const Truth overlap = truthOf("overlap");
    ASSERT_EQ(chain.join().tokensOfB(), static_cast<std::size_t>(truth.columns));
    std::vector<double> dense(truth.values.size(), 0);
    for (const JoinedPair& pair : chain.join().pairs()) {
        dense[pair.a * chain.join().tokensOfB() + pair.b] = pair.weight;
        EXPECT_EQ(static_cast<double>(pair.overlap), overlap.at(pair.a, pair.b));
    }
    for (std::size_t i = 0; i < dense.size(); ++i)
        EXPECT_NEAR(dense[i], truth.values[i], 1e-12);
}

TEST(ChainTest, MomentsOfSoundReachThePicture)
{
    const Chain chain(heard(), asked());
    const Truth rows = truthOf("from_sound");
    const Truth mass = truthOf("mass_of_sound");
    const Truth a = truthOf("a");
    const Truth heardBy = truthOf("heard");
    for (std::size_t s = 0; s < mass.values.size(); ++s) {
        const ChainReading reading = chain.fromKeyOfA(static_cast<std::int64_t>(s));
        expectRow(reading.keysOfB, rows, s);
        EXPECT_TRUE(reading.keysOfA.empty());
        EXPECT_NEAR(reading.mass, mass.values[s], 1e-6);
        for (std::size_t token = 0; token < reading.tokensOfA.size(); ++token)
            EXPECT_NEAR(reading.tokensOfA[token], a.at(token, s), 1e-6);
        for (std::size_t token = 0; token < reading.tokensOfB.size(); ++token)
            EXPECT_NEAR(reading.tokensOfB[token], heardBy.at(token, s), 1e-6);
    }
}

TEST(ChainTest, PatchesReachTheSound)
{
    const Chain chain(heard(), asked());
    const Truth rows = truthOf("from_picture");
    const Truth mass = truthOf("mass_of_picture");
    for (std::size_t p = 0; p < mass.values.size(); ++p) {
        const ChainReading reading = chain.fromKeyOfB(static_cast<std::int64_t>(p));
        expectRow(reading.keysOfA, rows, p);
        EXPECT_NEAR(std::accumulate(reading.keysOfA.begin(), reading.keysOfA.end(), 0.0), 1, 1e-5);
        EXPECT_NEAR(reading.mass, mass.values[p], 1e-6);
    }
}

TEST(ChainTest, TokensReachBothEnds)
{
    const Chain chain(heard(), asked());
    for (std::size_t token = 0; token < chain.join().tokensOfB(); ++token) {
        const ChainReading reading = chain.fromTokenOfB(token);
        expectRow(reading.keysOfA, truthOf("heard"), token);
        expectRow(reading.keysOfB, truthOf("b"), token);
    }
    for (std::size_t token = 0; token < chain.join().tokensOfA(); ++token) {
        const ChainReading reading = chain.fromTokenOfA(token);
        expectRow(reading.keysOfA, truthOf("a"), token);
        expectRow(reading.keysOfB, truthOf("from_token_of_a"), token);
    }
}

TEST(ChainTest, WhatDoesNotExistIsRefused)
{
    const Chain chain(heard(), asked());
    EXPECT_THROW(chain.fromKeyOfA(-1), Error);
    EXPECT_THROW(chain.fromKeyOfA(25), Error);
    EXPECT_THROW(chain.fromKeyOfB(13), Error);
    EXPECT_THROW(chain.fromTokenOfA(chain.join().tokensOfA()), Error);
    EXPECT_THROW(chain.fromTokenOfB(chain.join().tokensOfB()), Error);
    ChainEnd other = asked();
    other.map = {1, {0}, {}}; // question → question: the right queries, so this one is fine
    EXPECT_NO_THROW(Chain(heard(), other));
    ChainEnd wrong = heard();
    wrong.text.axis = "elsewhere";
    EXPECT_THAT([&] { Chain(wrong, asked()); }, ThrowsMessage<Error>(HasSubstr("queries are on the axis")));
}

TEST(ChainTest, ATokenThatJoinsNothingTakesNoPart)
{
    ChainEnd part = heard();
    part.text.tokens.erase(part.text.tokens.begin()); // "¿": the first token of the question is joined by "Is" alone
    part.text.tokens.erase(part.text.tokens.begin()); // now by nothing
    const Chain chain(part, asked());
    EXPECT_FALSE(chain.join().joinsB(0));
    const ChainReading reading = chain.fromTokenOfB(0);
    EXPECT_EQ(reading.mass, 0);
    EXPECT_THAT(reading.keysOfA, testing::Each(0.0f));
    const ChainReading patch = chain.fromKeyOfB(3);
    EXPECT_NEAR(std::accumulate(patch.keysOfA.begin(), patch.keysOfA.end(), 0.0), 1, 1e-5) << "still a distribution";
}

TEST(CapturedTexts, GeneratedTokensSpeakByTheRowThatPredictedThem)
{
    const auto capture = Capture::open(kFolder / "chain_heard.heed");
    const std::vector<CapturedText> texts = capturedTexts(*capture);
    ASSERT_EQ(texts.size(), 1u);
    EXPECT_TRUE(texts[0].isOutput);
    ASSERT_EQ(texts[0].tokens.size(), 10u) << "<|end|> stands for no text";
    EXPECT_EQ(texts[0].tokens[0].row, 1) << "the row of <|en|>";
    EXPECT_EQ(texts[0].words(texts[0].tokens[2].span), "the");
}

TEST(CapturedTexts, GivenTokensSpeakForThemselves)
{
    const std::vector<CapturedText> texts = capturedTexts(*Capture::open(kFolder / "chain_asked.heed"));
    ASSERT_EQ(texts.size(), 1u);
    EXPECT_EQ(texts[0].tokens.size(), 6u) << "special tokens left out";
    EXPECT_EQ(texts[0].tokens[0].row, 1);
}

TEST(ChainMaps, LookAtTheSoundAndThePicture)
{
    const ChainEnd a = heard();
    EXPECT_EQ(a.capture->keyAxis(chainMap(*a.capture, a.text).site).id, "sound");
    const ChainEnd b = asked();
    EXPECT_EQ(b.capture->keyAxis(chainMap(*b.capture, b.text).site).id, "picture");
    EXPECT_EQ(textsThatLook(*b.capture).size(), 1u);
}

TEST(ChainMaps, LeadFromOneCaptureToTheOther)
{
    const Chain chain = chainBetween(heard().capture, asked().capture);
    EXPECT_EQ(chain.a().text.id, "transcript");
    EXPECT_EQ(chain.a().keys().id, "sound");
    EXPECT_EQ(chain.b().keys().id, "picture");
    EXPECT_EQ(chain.a().map, heard().map) << "the heads that the capture names as telling the time";
    EXPECT_EQ(chain.a().map, chainMapNamed(*chain.a().capture, "transcript_sound:alignment"));
    EXPECT_THROW(chainBetween(heard().capture, Capture::open(kFolder / "blip.heed")), Error);
}

TEST(ChainMaps, AreCalledByGroupLayerAndHead)
{
    const ChainEnd a = heard();
    EXPECT_EQ(chainMapNamed(*a.capture, "transcript_sound:1:0"), (MapChoice{1, {0}, {}}));
    EXPECT_EQ(chainMapNamed(*a.capture, "transcript_sound:0:mean"), (MapChoice{0, HeadChoice::mean(), {}}));
    for (const char* wrong : {"transcript_sound", "transcript_sound:1", "transcript_sound:2:0", "transcript_sound:1:2",
                              "transcript_sound:1:-1", "sound:1:0", ":::", "transcript_self:alignment", ""})
        EXPECT_THROW(chainMapNamed(*a.capture, wrong), Error) << wrong;
    EXPECT_THAT([&] { chainMapNamed(*a.capture, "transcript_sond:1:0"); },
                ThrowsMessage<Error>(HasSubstr("transcript_sound")));
    EXPECT_EQ(chainMapLabel(*a.capture, {1, {0}, {}}), "transcript → sound · L1 · H0");
}

/// Both captures in a folder of their own, and the chain beside them.
struct ChainFolder
{
    TempFolder folder;
    std::filesystem::path file = folder.path() / "of.heedchain";

    ChainFolder()
    {
        for (const char* name : {"chain_heard.heed", "chain_asked.heed"})
            std::filesystem::copy_file(kFolder / name, folder.path() / name);
        const auto opened = [this](ChainEnd end, const char* name) {
            end.capture = Capture::open(folder.path() / name);
            return end;
        };
        writeChain(documentOf(Chain(opened(heard(), "chain_heard.heed"), opened(asked(), "chain_asked.heed"))), file);
    }
    void change(const std::function<void(Json&)>& edit) const
    {
        Json json = parseJson(readTextFile(file, 1 << 20), "the chain");
        edit(json);
        folder.write("of.heedchain", json.dump());
    }
};

TEST(ChainFile, ComesBackAsItWas)
{
    const ChainFolder files;
    const Chain chain = openChain(readChain(files.file));
    EXPECT_EQ(chain.a().map, heard().map);
    EXPECT_EQ(chain.b().map, asked().map);
    expectRow(chain.fromKeyOfA(7).keysOfB, truthOf("from_sound"), 7);
    EXPECT_EQ(documentOf(chain), readChain(files.file));
    EXPECT_THAT(readTextFile(files.file, 1 << 20), testing::Not(HasSubstr(files.folder.path().string())))
        << "paths are relative, so that the folder can be moved";
}

TEST(ChainFile, ACaptureThatWasWrittenAnewIsRefused)
{
    const ChainFolder files;
    std::filesystem::copy_file(kFolder / "chain_asked.heed", files.folder.path() / "chain_heard.heed",
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_THAT([&] { openChain(readChain(files.file)); }, ThrowsMessage<Error>(HasSubstr("written anew")));
    std::filesystem::remove(files.folder.path() / "chain_heard.heed");
    EXPECT_THROW(openChain(readChain(files.file)), Error);
}

TEST(ChainFile, HostileContentIsRefused)
{
    const std::vector<std::function<void(Json&)>> edits{
        [](Json& json) { json["format"] = "heed"; },
        [](Json& json) { json["version"] = 3; },
        [](Json& json) { json["a"]["text"]["kind"] = "recording"; }, // version 1 knows of none
        [](Json& json) { json["version"] = "1"; },
        [](Json& json) { json["join"] = "tokens"; },
        [](Json& json) { json.erase("a"); },
        [](Json& json) { json["a"] = 5; },
        [](Json& json) { json["a"]["capture"] = ""; },
        [](Json& json) { json["a"]["capture"] = std::string("x\0y", 3); },
        [](Json& json) { json["a"]["byte_count"] = -1; },
        [](Json& json) { json["a"]["text"]["kind"] = "thought"; },
        [](Json& json) { json["a"]["text"].erase("axis"); },
        [](Json& json) { json["b"]["map"]["heads"] = Json::array(); },
        [](Json& json) { json["b"]["map"]["heads"][0]["head"] = -1; },
        [](Json& json) { json["b"]["map"]["heads"][0]["head"] = 1.5; },
        [](Json& json) { json["b"]["map"]["reduction"] = "sum"; },
        [](Json& json) { json["b"]["map"]["first"] = "x"; },
        [](Json& json) { json = Json::array(); },
    };
    for (std::size_t i = 0; i < edits.size(); ++i) {
        const ChainFolder files;
        files.change(edits[i]);
        EXPECT_THROW(readChain(files.file), Error) << i;
    }
    const TempFolder folder;
    EXPECT_THROW(readChain(folder.write("a.heedchain", "{")), Error);
    EXPECT_THROW(readChain(folder.write("a.heedchain", std::string(2 << 20, ' '))), Error);
    EXPECT_THROW(readChain(folder.path() / "none.heedchain"), Error);
}

TEST(ChainFile, NamesThatDoNotExistAreToldWhenItIsOpened)
{
    const std::vector<std::function<void(Json&)>> edits{
        [](Json& json) { json["b"]["text"]["id"] = "answer"; },
        [](Json& json) { json["b"]["text"]["axis"] = "answer"; },
        [](Json& json) { json["b"]["map"]["heads"][0]["head"] = 99; },
        [](Json& json) { json["b"]["map"]["heads"][0]["site"] = "no/such"; },
        [](Json& json) { json["b"]["map"]["first"] = json["b"]["map"]["heads"][0]; },
        [](Json& json) { json["a"]["map"]["heads"].push_back(json["b"]["map"]["heads"][0]); },
        [](Json& json) { json["a"]["capture"] = "of.heedchain"; },
    };
    for (std::size_t i = 0; i < edits.size(); ++i) {
        const ChainFolder files;
        files.change(edits[i]);
        const ChainDocument document = readChain(files.file);
        EXPECT_THROW(openChain(document), Error) << i;
    }
}

TEST(ChainTime, SecondsAndPositionsOfSound)
{
    const ChainEnd end = heard();
    const TokenAxis& sound = end.keys();
    EXPECT_EQ(positionAtSeconds(sound, 0), 0);
    EXPECT_EQ(positionAtSeconds(sound, 0.41), 10);
    EXPECT_EQ(positionAtSeconds(sound, -0.01), std::nullopt);
    EXPECT_EQ(positionAtSeconds(sound, 1.0), std::nullopt);
    EXPECT_EQ(positionAtSeconds(sound, std::nan("")), std::nullopt);
    EXPECT_NEAR(secondsOfPosition(sound, 10)->second, 0.44, 1e-12);
    EXPECT_FALSE(secondsOfPosition(asked().keys(), 0));
}

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
