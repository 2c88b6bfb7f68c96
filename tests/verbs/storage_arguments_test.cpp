#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

using testing::HasSubstr;

class StorageArgumentsTest : public testing::Test
{
protected:
    CommandResult capture(std::vector<std::string> words)
    {
        words.insert(words.begin(),
                     {"capture", "--model", fixture("blip/models/qa"), "--image", fixture("blip/pictures/wide.png"),
                      "--text", "what color is the big ball?", "--out", file()});
        return heedmapCommand(words);
    }
    std::string file() const { return m_folder.file("run.heed"); }

    TempFolder m_folder;
};

TEST_F(StorageArgumentsTest, ChooseSitesAndTypeAndTheSizeIsToldBefore)
{
    const CommandResult made = capture({"--sites", "question/*", "--dtype", "f16", "--budget", "1MiB"});
    ASSERT_EQ(made.status, 0) << made.errors;
    EXPECT_THAT(made.errors, HasSubstr("KiB will be written"));
    const Json info = heedmapCommand({"info", file(), "--json"}).json();
    ASSERT_FALSE(info["sites"].empty());
    for (const Json& site : info["sites"]) {
        EXPECT_EQ(site["pass"], "question");
        EXPECT_EQ(site["dtype"], "F16");
        EXPECT_GT(site["max_row_error"], 0);
    }
    EXPECT_THAT(heedmapCommand({"info", file()}).output, HasSubstr("F16"));
}

TEST_F(StorageArgumentsTest, OverTheBudgetNothingIsWritten)
{
    const CommandResult refused = capture({"--budget", "20KiB"});
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.errors, HasSubstr("more than the budget of 20480 bytes"));
    EXPECT_THAT(refused.errors, HasSubstr("Stored as f16"));
    EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(StorageArgumentsTest, NonsenseIsRefused)
{
    EXPECT_EQ(capture({"--dtype", "f8"}).status, 2);
    EXPECT_EQ(capture({"--budget", "much"}).status, 2);
    const CommandResult unknown = capture({"--sites", "questoin/*"});
    EXPECT_NE(unknown.status, 0);
    EXPECT_THAT(unknown.errors, HasSubstr("No attention module fits \"questoin/*\""));
}

TEST_F(StorageArgumentsTest, ChooseHeadsAndQueriesAndInfoSaysWhatIsLeftOut)
{
    const CommandResult made = capture({"--sites", "question/*", "--heads", "question_picture.L1:H1", "--queries",
                                        "question:ball,1-2", "--heads", "0"});
    ASSERT_EQ(made.status, 0) << made.errors;
    EXPECT_THAT(made.errors, HasSubstr("attention modules are not stored"));
    EXPECT_THAT(made.errors, HasSubstr("of the rows of question only 1-2, 6 are stored"));
    const Json info = heedmapCommand({"info", file(), "--json"}).json();
    for (const Json& site : info["sites"]) {
        const bool isBoth = site["group"] == "question_picture" && site["layer"] == 1;
        EXPECT_EQ(site["stored_heads"], isBoth ? Json({0, 1}) : Json({0}));
        EXPECT_EQ(site["stored_queries"], 3);
    }
    const std::string text = heedmapCommand({"info", file()}).output;
    EXPECT_THAT(text, HasSubstr("rows of question: 3 of "));
    EXPECT_THAT(text, HasSubstr("only 0 of "));
    EXPECT_THAT(text, HasSubstr("3/"));
}

/// Every verb that reads a capture says what is not there.
TEST_F(StorageArgumentsTest, VerbsSayWhatACaptureDoesNotHold)
{
    ASSERT_EQ(capture({"--heads", "1", "--queries", "question:ball"}).status, 0);
    const std::string out = m_folder.file("out.npy");
    const std::vector<std::string> site{file(), "--site", "text_encoder.encoder.layer.1.crossattention.self"};
    const auto run = [&](std::vector<std::string> words, const std::vector<std::string>& rest) {
        words.insert(words.end(), site.begin(), site.end());
        words.insert(words.end(), rest.begin(), rest.end());
        return heedmapCommand(words);
    };
    EXPECT_EQ(run({"weights"}, {"--head", "1", "--query", "ball", "--out", out}).status, 0);
    const std::pair<std::vector<std::string>, std::vector<std::string>> refused[] = {
        {{"weights"}, {"--head", "1", "--out", out}},
        {{"weights"}, {"--head", "0", "--query", "ball", "--out", out}},
        {{"weights"}, {"--head", "1", "--query", "what", "--out", out}},
        {{"weights"}, {"--query", "what", "--out", out}},
        {{"weights"}, {"--out", out}},
        {{"svd"}, {"--head", "1", "--json"}},
        {{"svd"}, {"--head", "all", "--json"}},
        {{"heads"}, {"--query", "what"}},
        {{"render"}, {"--head", "1", "--query", "what", "--out", m_folder.file("out.png")}},
    };
    for (const auto& [verb, rest] : refused) {
        const CommandResult result = run(verb, rest);
        EXPECT_EQ(result.status, 1) << verb[0] << ": " << result.output;
        EXPECT_THAT(result.errors, HasSubstr("stored in this capture")) << verb[0];
    }
    const CommandResult stats = heedmapCommand({"stats", file(), "--group", "question_picture", "--json"});
    EXPECT_EQ(stats.status, 0) << stats.errors;
    EXPECT_EQ(stats.json()["maps"][0]["queries"]["chosen"], 1);
    EXPECT_GT(stats.json()["maps"][0]["queries"]["not_stored"], 3);
    EXPECT_THAT(heedmapCommand({"stats", file(), "--group", "question_picture"}).output, HasSubstr("1 stored query"));
    const CommandResult rollout =
        heedmapCommand({"relevance", file(), "--group", "vision_self", "--method", "rollout", "--out", out});
    EXPECT_EQ(rollout.status, 1);
    EXPECT_THAT(rollout.errors, HasSubstr("heedmap capture"));
}

TEST_F(StorageArgumentsTest, HeadsAndQueriesThatAreNotThereAreRefused)
{
    const std::pair<std::vector<std::string>, const char*> cases[] = {
        {{"--heads", "99"}, "There is no head 99"},
        {{"--heads", "x"}, "there is no head x"},
        {{"--heads", "questoin/*:1"}, "fits \"questoin/*\""},
        {{"--queries", "ball"}, "is not of the form AXIS:POSITIONS"},
        {{"--queries", "question:bal"}, "did you mean ball"},
        {{"--queries", "qestion:ball"}, "did you mean question"},
        {{"--queries", "qestion:1"}, "did you mean question"},
        {{"--queries", "question:99"}, "There is no position 99"},
    };
    for (const auto& [words, message] : cases) {
        const CommandResult refused = capture(words);
        EXPECT_NE(refused.status, 0) << message;
        EXPECT_THAT(refused.errors, HasSubstr(message));
        EXPECT_FALSE(std::filesystem::exists(file()));
    }
}

} // namespace
} // namespace heedmap::test
