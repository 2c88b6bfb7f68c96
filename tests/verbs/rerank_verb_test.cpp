#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class RerankVerb : public testing::Test
{
protected:
    TempFolder m_folder;

    CommandResult rerank(const std::vector<std::string>& more, const std::string& recording = "short.wav")
    {
        std::vector<std::string> words = {"rerank", "--model", fixture("whisper/models/multilingual"), "--audio",
                                          fixture("whisper/recordings/" + recording)};
        words.insert(words.end(), more.begin(), more.end());
        return heedmapCommand(words);
    }

    CommandResult rerankFile(const std::string& content, std::vector<std::string> more = {})
    {
        more.insert(more.begin(), {"--candidates", m_folder.write("texts.txt", content).string()});
        return rerank(more);
    }
};

TEST_F(RerankVerb, TheTableHasTheBestFirstAndTheWordsThatDiffer)
{
    const CommandResult result = rerankFile("a small ring\n\n  a tall ring\r\n");
    ASSERT_EQ(result.status, 0) << result.errors;
    const Json answer = rerankFile("a small ring\na tall ring\n", {"--json"}).json();
    const std::string best = answer["candidates"][0]["text"];
    const std::string other = answer["candidates"][1]["text"];
    EXPECT_LT(result.output.find(best), result.output.find(other));
    EXPECT_THAT(result.output, HasSubstr("0.1 × coverage"));
    const std::string differing = result.output.substr(result.output.find("Where they differ"));
    EXPECT_THAT(differing, HasSubstr("small"));
    EXPECT_THAT(differing, HasSubstr("tall"));
    EXPECT_THAT(differing, HasSubstr(" s  "));
    EXPECT_THAT(differing, Not(HasSubstr("ring"))) << "which both have";
}

TEST_F(RerankVerb, JsonHasEverything)
{
    const CommandResult result =
        rerankFile("\xEF\xBB\xBFthe ball\n", {"--json", "--beam", "3", "--language", "de", "--coverage", "0.5"});
    ASSERT_EQ(result.status, 0) << result.errors;
    const Json answer = result.json();
    EXPECT_EQ(answer["candidates"].size(), 4u);
    EXPECT_EQ(answer["weights"]["coverage"], 0.5);
    EXPECT_EQ(answer["prompt"][1], "<|de|>");
    int given = 0;
    for (const Json& candidate : answer["candidates"])
        given += candidate.contains("index") && candidate["text"] == "the ball";
    EXPECT_EQ(given, 1);
}

TEST_F(RerankVerb, TheModelsOwnTextsAreMarked)
{
    const CommandResult result = rerank({"--beam", "2"});
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_THAT(result.output, HasSubstr("(the model's own)"));
}

TEST_F(RerankVerb, WrongUseAndFailuresAreTold)
{
    EXPECT_EQ(heedmapCommand({"rerank", "--audio", "a.wav"}).status, 2) << "no model";
    EXPECT_EQ(rerank({}).status, 2) << "nothing to compare";
    EXPECT_EQ(rerank({"--beam", "0"}).status, 2);
    EXPECT_EQ(rerankFile("a\n", {"--coverage", "-1"}).status, 2);
    const CommandResult missing = rerank({"--candidates", m_folder.file("none.txt")});
    EXPECT_EQ(missing.status, 1);
    EXPECT_THAT(missing.errors, HasSubstr("none.txt"));
    const std::vector<std::pair<std::string, std::string>> bad = {{" \n\r\n", "no candidates"},
                                                                  {"caf\xE9\n", "UTF-8"},
                                                                  {std::string(130, '\n') +
                                                                       [] {
                                                                           std::string lines;
                                                                           for (int i = 0; i < 65; ++i)
                                                                               lines += "a\n";
                                                                           return lines;
                                                                       }(),
                                                                   "65 candidates"}};
    for (const auto& [content, message] : bad) {
        const CommandResult result = rerankFile(content);
        EXPECT_EQ(result.status, 1) << message;
        EXPECT_THAT(result.errors, HasSubstr(message));
    }
    const CommandResult longer = rerank({"--beam", "2"}, "long.wav");
    EXPECT_NE(longer.status, 0);
    EXPECT_THAT(longer.errors, HasSubstr("one window"));
}

} // namespace
} // namespace heedmap::test
