#include "core/base/files.h"
#include "core/checkpoint/safetensors.h"
#include "core/media/image.h"
#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace heedmap::test {
namespace {

using testing::HasSubstr;

const char* const kQuestion = "what color is the big ball?";

/// The seeded tiny question-answering model on wide.png: what every test below looks at.
class Verbs : public testing::Test
{
protected:
    static void SetUpTestSuite()
    {
        s_folder = std::make_unique<TempFolder>();
        s_run = heedmapCommand({"capture", "--model", fixture("blip/models/qa"), "--image",
                                fixture("blip/pictures/wide.png"), "--text", kQuestion, "--out", capture(), "--json"});
    }
    static void TearDownTestSuite() { s_folder.reset(); }

    static std::string capture() { return s_folder->file("run.heed"); }
    static std::string file(const std::string& name) { return s_folder->file(name); }

    static std::unique_ptr<TempFolder> s_folder;
    static CommandResult s_run;
};
std::unique_ptr<TempFolder> Verbs::s_folder;
CommandResult Verbs::s_run;

/// What the reference said of a run: an entry of fixtures.json.
Json referenceRun(const std::string& name)
{
    const Json fixtures = parseJson(readTextFile(fixture("blip/fixtures.json"), 1 << 24), "fixtures.json");
    for (const Json& run : fixtures["runs"])
        if (run["name"] == name)
            return run;
    return {};
}

TEST(CommandLine, SaysItsVersionAndItsVerbs)
{
    EXPECT_EQ(heedmapCommand({"--version"}).output, "heedmap " HEEDMAP_VERSION "\n");
    const CommandResult help = heedmapCommand({"--help"});
    EXPECT_EQ(help.status, 0);
    for (const char* verb : {"open", "demo", "info", "capture", "whatif", "heads", "weights", "render", "stats", "svd",
                             "relevance", "synth"})
        EXPECT_THAT(help.output, HasSubstr("\n  " + std::string(verb) + " "));
}

TEST(CommandLine, ShowsTheWindowAndEndsWhenAsked)
{
    const TempFolder home;
    ::setenv("QT_QPA_PLATFORM", "offscreen", 1);
    for (const char* variable : {"XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
        ::setenv(variable, home.file("home").c_str(), 1);
    const CommandResult result = heedmapCommand({"--quit-when-shown"});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.output, "shown\n");
}

TEST(CommandLine, AnswersAMistypedVerbWithTheNearest)
{
    const CommandResult result = heedmapCommand({"captur"});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.errors, HasSubstr("did you mean capture?"));
}

TEST(CommandLine, AWordThatCannotBeAFileNameIsAMistypedVerb)
{
    const CommandResult result = heedmapCommand({std::string(300, 'x')});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.errors, HasSubstr("there is no verb or file"));
}

TEST(CommandLine, CallsMissingArgumentsWrongUse)
{
    const CommandResult result = heedmapCommand({"weights"});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.errors, HasSubstr("required"));
}

TEST(CommandLine, FailsOnFilesThatAreNotThere)
{
    const CommandResult info = heedmapCommand({"info", "/nowhere/model"});
    EXPECT_EQ(info.status, 1);
    EXPECT_THAT(info.errors, HasSubstr("/nowhere/model does not exist"));
}

TEST(CommandLine, RefusesWhatIsNoPictureBeforeStartingAnEngine)
{
    const TempFolder folder;
    const CommandResult result = heedmapCommand(
        {"capture", "--image", fixture("blip/fixtures.json"), "--text", "what?", "--out", folder.file("a.heed")});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.errors, HasSubstr("fixtures.json"));
    EXPECT_FALSE(std::filesystem::exists(folder.file("a.heed")));
}

TEST_F(Verbs, CapturePrintsTheReferencesAnswer)
{
    ASSERT_EQ(s_run.status, 0) << s_run.errors;
    const Json result = s_run.json();
    EXPECT_EQ(result["outputs"][0]["text"], referenceRun("qa_wide")["answer"]);
    EXPECT_EQ(result["capture"]["byte_count"], std::filesystem::file_size(capture()));
}

TEST_F(Verbs, WeightsOfEverySiteEqualTheReference)
{
    ASSERT_EQ(s_run.status, 0) << s_run.errors;
    const SafetensorsFile expected = SafetensorsFile::open(fixture("blip/expected/qa_wide.safetensors"));
    const Json info = heedmapCommand({"info", capture(), "--json"}).json();
    ASSERT_EQ(info["sites"].size(), 10u); // 2 vision, 4 question, 4 answer
    for (const Json& site : info["sites"]) {
        const std::string name = site["pass"].get<std::string>() + "/" + site["name"].get<std::string>();
        const CommandResult run = heedmapCommand({"weights", capture(), "--site", name, "--out", file("w.npy")});
        ASSERT_EQ(run.status, 0) << run.errors;
        const NpyArray weights = readNpy(file("w.npy"));
        const TensorView& reference = expected.tensors.at(name);
        // The replay feeds all but the last generated token; so does the fixture.
        ASSERT_EQ(weights.shape, reference.shape) << name;
        EXPECT_THAT(weights.values, testing::Pointwise(testing::FloatNear(1e-5f), reference.toFloats())) << name;
    }
}

TEST_F(Verbs, WeightsOfAHeadAndAQueryAreSlicesOfTheSite)
{
    ASSERT_EQ(s_run.status, 0) << s_run.errors;
    const std::string site = "text_encoder.encoder.layer.1.crossattention.self";
    heedmapCommand({"weights", capture(), "--site", site, "--out", file("all.npy")});
    heedmapCommand({"weights", capture(), "--site", site, "--head", "2", "--out", file("head.npy")});
    heedmapCommand({"weights", capture(), "--site", site, "--head", "2", "--query", "ball", "--out", file("row.npy")});
    const NpyArray all = readNpy(file("all.npy"));   // [4, 9, 17]
    const NpyArray head = readNpy(file("head.npy")); // [9, 17]
    const NpyArray row = readNpy(file("row.npy"));   // [17]
    ASSERT_EQ(head.shape, (std::vector<std::int64_t>{9, 17}));
    ASSERT_EQ(row.shape, (std::vector<std::int64_t>{17}));
    EXPECT_TRUE(std::equal(head.values.begin(), head.values.end(), all.values.begin() + 2 * 9 * 17));
    EXPECT_TRUE(std::equal(row.values.begin(), row.values.end(),
                           head.values.begin() + 6 * 17)); // [CLS] what color is the big *ball*
}

TEST_F(Verbs, WeightsWithoutSpecialTokensAreSharedOutAnew)
{
    ASSERT_EQ(s_run.status, 0) << s_run.errors;
    const std::string site = "text_encoder.encoder.layer.1.crossattention.self";
    heedmapCommand({"weights", capture(), "--site", site, "--head", "2", "--out", file("head.npy")});
    const CommandResult run = heedmapCommand(
        {"weights", capture(), "--site", site, "--head", "2", "--without-special", "--out", file("patches.npy")});
    ASSERT_EQ(run.status, 0) << run.errors;
    EXPECT_THAT(run.output, HasSubstr("renormalised over 16 of 17 keys"));
    const NpyArray head = readNpy(file("head.npy"));
    const NpyArray patches = readNpy(file("patches.npy"));
    ASSERT_EQ(patches.shape, head.shape); // [9, 17]
    for (std::size_t row = 0; row < 9; ++row) {
        EXPECT_EQ(patches.values[row * 17], 0) << "[CLS] of the picture";
        for (std::size_t key = 1; key < 17; ++key)
            EXPECT_NEAR(patches.values[row * 17 + key], head.values[row * 17 + key] / (1 - head.values[row * 17]),
                        1e-5);
    }
}

TEST_F(Verbs, UnknownSitesHeadsAndTokensAnswerWithWhatExists)
{
    ASSERT_EQ(s_run.status, 0) << s_run.errors;
    const std::string out = file("none.npy");
    const std::string site = "text_encoder.encoder.layer.1.crossattention.self";
    const auto weights = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"weights", capture(), "--out", out});
        return heedmapCommand(words);
    };
    const CommandResult wrongSite = weights({"--site", "text_encoder.encoder.layer.1.crossatention.self"});
    EXPECT_EQ(wrongSite.status, 2);
    EXPECT_THAT(wrongSite.errors, HasSubstr(site));
    const CommandResult wrongHead = weights({"--site", site, "--head", "4"});
    EXPECT_EQ(wrongHead.status, 2);
    EXPECT_THAT(wrongHead.errors, HasSubstr("heads 0 to 3"));
    const CommandResult wrongToken = weights({"--site", site, "--query", "bal"});
    EXPECT_EQ(wrongToken.status, 2);
    EXPECT_THAT(wrongToken.errors, HasSubstr("ball"));
    EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(Verbs, InfoNamesTheModel)
{
    const Json info = heedmapCommand({"info", fixture("blip/models/qa"), "--json"}).json();
    EXPECT_EQ(info["architecture"], "BlipForQuestionAnswering");
    EXPECT_EQ(info["type"], "blip");
}

TEST_F(Verbs, ATruncatedCaptureIsAFailureThatNamesTheFile)
{
    ASSERT_EQ(s_run.status, 0) << s_run.errors;
    std::filesystem::copy_file(capture(), file("cut.heed"));
    std::filesystem::resize_file(file("cut.heed"), std::filesystem::file_size(capture()) - 100);
    const CommandResult result = heedmapCommand({"info", file("cut.heed")});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.errors, HasSubstr("cut.heed"));
}

TEST_F(Verbs, RenderWritesAPicture)
{
    ASSERT_EQ(s_run.status, 0) << s_run.errors;
    const CommandResult result =
        heedmapCommand({"render", capture(), "--site", "text_encoder.encoder.layer.1.crossattention.self", "--head",
                        "mean", "--query", "ball", "--out", file("map.png")});
    ASSERT_EQ(result.status, 0) << result.errors;
    const DecodedImage picture = decodeImage(readFile(file("map.png"), 1 << 26), "map.png");
    EXPECT_GE(picture.upright.width, 300);
    EXPECT_GE(picture.upright.height, 200);
}

TEST_F(Verbs, RenderTakesScalesLimitsAndRowsWithoutSpecialTokens)
{
    ASSERT_EQ(s_run.status, 0) << s_run.errors;
    const auto render = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"render", capture(), "--site", "text_encoder.encoder.layer.1.crossattention.self",
                                     "--head", "2", "--query", "ball", "--width", "96"});
        return heedmapCommand(words);
    };
    const auto svg = [&](const std::vector<std::string>& words) {
        std::vector<std::string> all = words;
        all.insert(all.end(), {"--out", file("map.svg")});
        const CommandResult result = render(all);
        EXPECT_EQ(result.status, 0) << result.errors;
        const std::vector<std::byte> bytes = readFile(file("map.svg"), 1 << 26);
        return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    };
    EXPECT_THAT(svg({}), HasSubstr("log"));
    EXPECT_THAT(svg({"--scale", "percentile"}), HasSubstr("percentile"));
    EXPECT_THAT(svg({"--scale", "linear", "--limits", "0.5,2"}), HasSubstr("limits set by hand: 0.50× to 2.00×"));
    EXPECT_THAT(svg({"--limits", "minmax"}), HasSubstr("smallest to largest weight"));
    EXPECT_THAT(svg({"--without-special"}), HasSubstr("renormalised without special tokens"));
    for (const char* limits : {"1", "a,b", "2,1", "0,1", "1,nan", "-1,1"}) {
        const CommandResult wrong = render({"--limits", limits, "--out", file("none.png")});
        EXPECT_EQ(wrong.status, 2) << limits;
    }
    EXPECT_EQ(render({"--scale", "cubic", "--out", file("none.png")}).status, 2);
    EXPECT_FALSE(std::filesystem::exists(file("none.png")));
}

} // namespace
} // namespace heedmap::test
