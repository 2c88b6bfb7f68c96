#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>

// tests/fixtures/capture/make_chain.py: "¿Is the big café red ?" heard, "¿is  THE big café red?" asked.

namespace heedmap::test {
namespace {

using testing::HasSubstr;

std::string heard()
{
    return fixture("capture/chain_heard.heed").string();
}

std::string asked()
{
    return fixture("capture/chain_asked.heed").string();
}

CommandResult chaining(std::vector<std::string> more)
{
    more.insert(more.begin(), "chain");
    return heedmapCommand(more);
}

TEST(ChainVerb, ListsWhichTokenIsWhich)
{
    const CommandResult result = chaining({heard(), asked()});
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_THAT(result.output, HasSubstr("bi 0.67 + g 0.33"));
    EXPECT_THAT(result.output, HasSubstr("rows that predicted the tokens"));
}

TEST(ChainVerb, AMomentIsToldWithAllNumbers)
{
    const CommandResult result = chaining({heard(), asked(), "--at", "0.41", "--a-map", "transcript_sound:1:0",
                                           "--b-map", "question_picture:0:mean", "--json"});
    ASSERT_EQ(result.status, 0) << result.errors;
    const Json json = result.json();
    EXPECT_EQ(json["match"], "same");
    EXPECT_EQ(json["composed"], true);
    EXPECT_EQ(json["a"]["map"], "transcript → sound · L1 · H0");
    EXPECT_EQ(json["a"]["tokens"][0]["row"], 1) << "the row that predicted the first token";
    const auto row = json["reading"]["keys_of_b"].get<std::vector<double>>();
    ASSERT_EQ(row.size(), 13u);
    EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1, 1e-4);
    EXPECT_EQ(json["reading"]["tokens_of_b"].size(), 6u);
}

TEST(ChainVerb, PatchesAndTokensArePlacesToo)
{
    const Json patch = chaining({heard(), asked(), "--patch", "2,3", "--json"}).json();
    EXPECT_EQ(patch["reading"]["keys_of_a"].size(), 25u);
    const CommandResult word = chaining({heard(), asked(), "--token", "big"});
    ASSERT_EQ(word.status, 0) << word.errors;
    EXPECT_THAT(word.output, HasSubstr("From \"big\""));
    EXPECT_THAT(word.output, HasSubstr("composed"));
}

TEST(ChainVerb, AChainFileSaysTheSameAgain)
{
    const TempFolder folder;
    const std::string file = folder.file("of.heedchain");
    const CommandResult made = chaining({heard(), asked(), "--a-map", "transcript_sound:0:1", "--out", file});
    ASSERT_EQ(made.status, 0) << made.errors;
    const CommandResult opened = chaining({file});
    ASSERT_EQ(opened.status, 0) << opened.errors;
    EXPECT_EQ(opened.output, made.output);
    EXPECT_EQ(chaining({file, "--a-map", "transcript_sound:0:0"}).status, 2);
}

TEST(ChainVerb, DrawsTheChain)
{
    const TempFolder folder;
    for (const char* name : {"chain.png", "chain.svg", "chain.pdf"}) {
        const CommandResult drawn = chaining({heard(), asked(), "--figure", folder.file(name)});
        EXPECT_EQ(drawn.status, 0) << drawn.errors;
        EXPECT_GT(std::filesystem::file_size(folder.file(name)), 1000u);
    }
    EXPECT_EQ(chaining({heard(), asked(), "--figure", folder.file("chain.csv")}).status, 2);
    EXPECT_EQ(chaining({asked(), heard(), "--figure", folder.file("turned.png")}).status, 2) << "sound comes first";
}

TEST(ChainVerb, GoesThroughAllWindowsOfARecording)
{
    const TempFolder folder;
    const std::string windows = fixture("capture/chain_windows.heed").string();
    const CommandResult result =
        chaining({windows, asked(), "--at", "1.21", "--out", folder.file("of.heedchain"), "--json"});
    ASSERT_EQ(result.status, 0) << result.errors;
    const Json json = result.json();
    EXPECT_EQ(json["a"]["text"]["kind"], "recording");
    EXPECT_EQ(json["a"]["tokens"][4]["query_axis"], "transcript.2");
    EXPECT_EQ(json["reading"]["keys_of_b"].size(), 13u);
    EXPECT_THAT(chaining({folder.file("of.heedchain")}).output, HasSubstr("in each of 2 windows"));
    EXPECT_EQ(chaining({windows, asked(), "--a-text", "recording", "--figure", folder.file("chain.png")}).status, 0);
    const CommandResult one = chaining({windows, asked(), "--a-text", "transcript.2"});
    ASSERT_EQ(one.status, 0) << one.errors;
    EXPECT_THAT(one.output, HasSubstr("transcript.2"));
}

TEST(ChainVerb, WrongUseAndFailuresAreTold)
{
    EXPECT_EQ(chaining({}).status, 2);
    EXPECT_EQ(chaining({heard(), asked(), heard()}).status, 2);
    EXPECT_EQ(chaining({heard(), asked(), "--at", "0.1", "--token", "0"}).status, 2) << "one place at a time";
    EXPECT_EQ(chaining({heard(), asked(), "--at", "2"}).status, 2);
    EXPECT_EQ(chaining({heard(), asked(), "--patch", "3,0"}).status, 2);
    EXPECT_EQ(chaining({heard(), asked(), "--patch", "1"}).status, 2);
    EXPECT_EQ(chaining({heard(), asked(), "--token", "6"}).status, 2);
    EXPECT_EQ(chaining({heard(), asked(), "--token", "ball"}).status, 2);
    EXPECT_EQ(chaining({heard(), asked(), "--a-text", "question"}).status, 2);
    EXPECT_EQ(chaining({heard(), asked(), "--b-map", "question_picture:1:0"}).status, 2);
    const CommandResult strangers = chaining({heard(), fixture("capture/blip.heed").string()});
    EXPECT_NE(strangers.status, 0);
    EXPECT_THAT(strangers.errors, HasSubstr("share no text"));
    EXPECT_EQ(chaining({heard(), "nothing.heed"}).status, 1);
}

} // namespace
} // namespace heedmap::test
