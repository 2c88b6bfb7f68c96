#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

using testing::HasSubstr;

CommandResult captured(const std::string& out, std::vector<std::string> words)
{
    words.insert(words.begin(),
                 {"capture", "--model", fixture("blip/models/qa"), "--image", fixture("blip/pictures/wide.png"),
                  "--text", "what color is the big ball?", "--out", out});
    return heedmapCommand(words);
}

TEST(CaptureVerb, StoresGradientsOfATokenAndInfoSaysIt)
{
    const TempFolder folder;
    const std::string out = folder.file("gradients.heed");
    const CommandResult result = captured(out, {"--gradients", "answer:0=blue", "--mute", "vision_self.L0:1"});
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_THAT(heedmapCommand({"info", out}).output,
                HasSubstr("gradients: of the logit of “blue” (token 0 of answer), "));
    const Json info = heedmapCommand({"info", out, "--json"}).json();
    EXPECT_EQ(info["gradient_target"]["token"]["text"], "blue");
    EXPECT_EQ(info["interventions"].size(), 1u);
    EXPECT_EQ(info["sites"][0]["values"], true);
    EXPECT_EQ(info["sites"][0]["output_gradients"], true);
}

TEST(CaptureVerb, StoresValuesAlone)
{
    const TempFolder folder;
    const std::string out = folder.file("values.heed");
    ASSERT_EQ(captured(out, {"--values"}).status, 0);
    const CommandResult info = heedmapCommand({"info", out});
    EXPECT_THAT(info.output, HasSubstr("values: of 10 sites"));
    EXPECT_THAT(info.output, testing::Not(HasSubstr("gradients")));
}

TEST(CaptureVerb, AnswersUnknownTargetsWithTheNearest)
{
    const TempFolder folder;
    const std::pair<const char*, const char*> cases[] = {{"answr", "did you mean answer?"},
                                                         {"answer:0=bluu", "did you mean blue"},
                                                         {"answer:x", "no token's place"},
                                                         {"answer:-1", "no token's place"},
                                                         {"answer:400", "no token 400 of \"answer\""}};
    for (const auto& [target, message] : cases) {
        const CommandResult result = captured(folder.file("never.heed"), {"--gradients", target});
        EXPECT_NE(result.status, 0) << target;
        EXPECT_THAT(result.errors, HasSubstr(message));
        EXPECT_FALSE(std::filesystem::exists(folder.file("never.heed")));
    }
}

} // namespace
} // namespace heedmap::test
