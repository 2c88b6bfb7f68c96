#include "core/base/error.h"
#include "tests/core/capture/chain_samples.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

namespace heedmap {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::ThrowsMessage;

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

} // namespace
} // namespace heedmap
