#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

using testing::HasSubstr;

class SynthVerb : public testing::Test
{
protected:
    CommandResult synth(std::vector<std::string> words)
    {
        words.insert(words.begin(), {"synth", "--out", m_folder.file("made.heed")});
        return heedmapCommand(words);
    }

    TempFolder m_folder;
};

TEST_F(SynthVerb, WritesWhatWasAskedFor)
{
    const CommandResult made = synth({"--layers", "3", "--heads", "4", "--kv-heads", "2", "--tokens", "60", "--grid",
                                      "4x8", "--head-dim", "32", "--dtype", "BF16", "--json"});
    ASSERT_EQ(made.status, 0) << made.errors;
    const std::string capture = made.json()["path"];
    EXPECT_EQ(made.json()["byte_count"], std::filesystem::file_size(capture));
    const Json info = heedmapCommand({"info", capture, "--json"}).json();
    ASSERT_EQ(info["sites"].size(), 3u);
    EXPECT_EQ(info["sites"][2]["heads"], 4);
    EXPECT_EQ(info["sites"][2]["keys"], 60);
    EXPECT_EQ(info["axes"]["sequence"]["segments"][2]["rows"], 4);
    EXPECT_EQ(info["axes"]["sequence"]["segments"][2]["columns"], 8);
}

TEST_F(SynthVerb, SizesThatCannotBeAreWrongUse)
{
    const std::pair<std::vector<std::string>, const char*> wrong[] = {
        {{"--heads", "4", "--kv-heads", "3"}, "must be a multiple"},
        {{"--tokens", "100", "--grid", "10x10"}, "100 tokens are too few"},
        {{"--grid", "10"}, "write ROWSxCOLUMNS"},
        {{"--grid", "10x10x3"}, "write ROWSxCOLUMNS"},
        {{"--dtype", "f64"}, "--dtype"},
        {{"--layers", "0"}, "the number of layers"},
    };
    for (const auto& [words, message] : wrong) {
        const CommandResult result = synth(words);
        EXPECT_EQ(result.status, 2) << message;
        EXPECT_THAT(result.errors, HasSubstr(message));
        EXPECT_FALSE(std::filesystem::exists(m_folder.file("made.heed")));
    }
}

TEST_F(SynthVerb, AFolderThatDoesNotExistIsAFailure)
{
    const CommandResult result = heedmapCommand({"synth", "--out", m_folder.file("none/made.heed")});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.errors, HasSubstr("none/made.heed"));
}

} // namespace
} // namespace heedmap::test
