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

} // namespace
} // namespace heedmap::test
