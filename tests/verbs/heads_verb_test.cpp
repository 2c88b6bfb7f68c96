#include "core/checkpoint/safetensors.h"
#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace heedmap::test {
namespace {

using testing::HasSubstr;

constexpr std::size_t kKeys = 17; // CLS and 4 × 4 patches
constexpr std::size_t kBall = 6;  // [CLS] what color is the big *ball*
const std::string kSite = "text_encoder.encoder.layer.1.crossattention.self";

/// The seeded tiny question-answering model on wide.png.
class HeadsVerb : public testing::Test
{
protected:
    static void SetUpTestSuite()
    {
        s_folder = std::make_unique<TempFolder>();
        heedmapCommand({"capture", "--model", fixture("blip/models/qa"), "--image", fixture("blip/pictures/wide.png"),
                        "--text", "what color is the big ball?", "--out", capture()});
    }
    static void TearDownTestSuite() { s_folder.reset(); }

    static std::string capture() { return s_folder->file("run.heed"); }
    static CommandResult heads(std::vector<std::string> words)
    {
        words.insert(words.begin(), {"heads", capture()});
        return heedmapCommand(words);
    }
    /// What the reference gave head `head` of the site for "ball": [keys].
    static std::vector<float> referenceRow(std::size_t head)
    {
        const SafetensorsFile expected = SafetensorsFile::open(fixture("blip/expected/qa_wide.safetensors"));
        const std::vector<float> all = expected.tensors.at("question/" + kSite).toFloats(); // [heads, 9, keys]
        const auto row = all.begin() + static_cast<std::ptrdiff_t>((head * 9 + kBall) * kKeys);
        return {row, row + kKeys};
    }

    static std::unique_ptr<TempFolder> s_folder;
};
std::unique_ptr<TempFolder> HeadsVerb::s_folder;

TEST_F(HeadsVerb, MassesAreSumsOfTheReferencesWeights)
{
    const Json table = heads({"--site", kSite, "--query", "ball", "--json", "--box", "all=0,0,10000,10000"}).json();
    ASSERT_EQ(table["heads"].size(), 4u);
    EXPECT_EQ(table["boxes"][0]["patches"], 16);
    for (std::size_t head = 0; head < 4; ++head) {
        const std::vector<float> row = referenceRow(head);
        const double mass = std::accumulate(row.begin() + 1, row.end(), 0.0);
        const Json& line = table["heads"][head];
        EXPECT_EQ(line["label"], "L1.H" + std::to_string(head));
        EXPECT_NEAR(line["statistics"]["picture_mass"].get<double>(), mass, 1e-5);
        EXPECT_NEAR(line["statistics"]["special_mass"].get<double>(), row[0], 1e-5);
        EXPECT_NEAR(line["statistics"]["largest"].get<double>(), *std::ranges::max_element(row), 1e-5);
        EXPECT_NEAR(line["boxes"]["all"].get<double>(), mass, 1e-5);
    }
}

TEST_F(HeadsVerb, ABoxCountsThePatchesUnderIt)
{
    const Json info = heedmapCommand({"info", capture(), "--json"}).json();
    const double width = info["inputs"][0]["width"].get<double>();
    const double height = info["inputs"][0]["height"].get<double>();
    const std::string leftHalf = "left=0,0," + std::to_string(width / 2) + "," + std::to_string(height);
    const Json table = heads({"--site", kSite, "--query", "ball", "--json", "--box", leftHalf}).json();
    EXPECT_EQ(table["boxes"][0]["patches"], 8);
    for (std::size_t head = 0; head < 4; ++head) {
        const std::vector<float> row = referenceRow(head);
        double left = 0;
        for (std::size_t patch = 0; patch < 16; ++patch)
            left += patch % 4 < 2 ? row[1 + patch] : 0;
        EXPECT_NEAR(table["heads"][head]["boxes"]["left"].get<double>(), left, 1e-5);
    }
}

TEST_F(HeadsVerb, SortsAGroupByAColumn)
{
    const Json table =
        heads({"--group", "question_picture", "--query", "ball", "--json", "--sort", "entropy", "--ascending"}).json();
    ASSERT_EQ(table["heads"].size(), 8u); // 2 layers × 4 heads
    for (std::size_t line = 1; line < 8; ++line)
        EXPECT_LE(table["heads"][line - 1]["statistics"]["entropy"].get<double>(),
                  table["heads"][line]["statistics"]["entropy"].get<double>());
    const Json best =
        heads({"--group", "question_picture", "--query", "ball", "--json", "--sort", "entropy", "--top", "1"}).json();
    ASSERT_EQ(best["heads"].size(), 1u);
    EXPECT_EQ(best["heads"][0], table["heads"][7]);
}

TEST_F(HeadsVerb, TextAndCsvHoldTheSameLines)
{
    const CommandResult csv = heads({"--site", kSite, "--query", "6", "--csv", "--box", "0,0,10000,10000"});
    EXPECT_THAT(csv.output, testing::StartsWith("head,layer,index,site,picture_mass,special_mass,entropy,"));
    EXPECT_THAT(csv.output, HasSubstr(",\"0,0,10000,10000\"\r\nL1.H0,1,0,question/" + kSite + ","));
    const CommandResult text = heads({"--site", kSite, "--query", "ball", "--box", "everything=0,0,10000,10000"});
    EXPECT_THAT(text.output, HasSubstr("query 6 \"ball\", 17 keys"));
    EXPECT_THAT(text.output, HasSubstr("16 patches whose centre lies in it"));
    EXPECT_THAT(text.output, HasSubstr("H = −Σ p ln p"));
}

TEST_F(HeadsVerb, ComposedGroupsAskForTheFirstStep)
{
    const Json info = heedmapCommand({"info", capture(), "--json"}).json();
    ASSERT_EQ(info["compositions"].size(), 1u);
    const std::string group = info["compositions"][0]["id"];
    const CommandResult byDefault = heads({"--group", group, "--query", "0", "--json"});
    ASSERT_EQ(byDefault.status, 0) << byDefault.errors;
    EXPECT_TRUE(byDefault.json()["composed"].get<bool>());
    EXPECT_EQ(byDefault.output, heads({"--group", group, "--query", "0", "--first", "L1.mean", "--json"}).output);
    EXPECT_NE(byDefault.output, heads({"--group", group, "--query", "0", "--first", "L0.H1", "--json"}).output);
    const CommandResult wrong = heads({"--group", group, "--query", "0", "--first", "L0.H9"});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_THAT(wrong.errors, HasSubstr("heads are called L0.mean to L1.H3"));
}

TEST_F(HeadsVerb, SeveralHeadsAreOneMapForEveryVerb)
{
    const std::string out = s_folder->file("set.npy");
    const CommandResult mean =
        heedmapCommand({"weights", capture(), "--site", kSite, "--head", "0,2", "--query", "ball", "--out", out});
    ASSERT_EQ(mean.status, 0) << mean.errors;
    const std::vector<float> row0 = referenceRow(0);
    const std::vector<float> row2 = referenceRow(2);
    const std::vector<float> meanRow = readNpy(out).values;
    ASSERT_EQ(meanRow.size(), kKeys);
    for (std::size_t key = 0; key < kKeys; ++key)
        EXPECT_NEAR(meanRow[key], (row0[key] + row2[key]) / 2, 1e-5);
    const std::vector<std::string> max{"--group", "question_picture", "--head", "L1.H0,L1.H2", "--reduce",
                                       "max",     "--query",          "ball"};
    std::vector<std::string> words{"weights", capture(), "--out", out};
    words.insert(words.end(), max.begin(), max.end());
    ASSERT_EQ(heedmapCommand(words).status, 0);
    const std::vector<float> maxRow = readNpy(out).values;
    double mass = 0;
    for (std::size_t key = 0; key < kKeys; ++key) {
        EXPECT_NEAR(maxRow[key], std::max(row0[key], row2[key]), 1e-5);
        mass += key == 0 ? 0 : maxRow[key];
    }
    words = max;
    words.push_back("--json");
    const Json table = heads(words).json();
    ASSERT_EQ(table["heads"].size(), 3u);
    EXPECT_EQ(table["heads"][2]["label"], "max of 2 heads, not a distribution");
    EXPECT_NEAR(table["heads"][2]["statistics"]["picture_mass"].get<double>(), mass, 1e-6);
    words = {"render", capture(), "--out", s_folder->file("set.png")};
    words.insert(words.end(), max.begin(), max.end());
    EXPECT_EQ(heedmapCommand(words).status, 0);
}

TEST_F(HeadsVerb, WrongUseSaysWhatThereIs)
{
    const auto expectWrong = [](const std::vector<std::string>& words, const char* hint) {
        const CommandResult result = heads(words);
        EXPECT_EQ(result.status, 2) << hint;
        EXPECT_THAT(result.errors, HasSubstr(hint));
    };
    expectWrong({"--group", "question_pictur", "--query", "ball"}, "did you mean question_picture");
    expectWrong({"--site", kSite, "--query", "bal"}, "ball");
    expectWrong({"--site", kSite, "--query", "ball", "--sort", "entropi"}, "did you mean entropy");
    expectWrong({"--site", kSite, "--query", "ball", "--box", "a=1,2,3"}, "NAME=X,Y,WIDTH,HEIGHT");
    expectWrong({"--site", kSite, "--query", "ball", "--box", "a=1,2,3,4,5"}, "NAME=X,Y,WIDTH,HEIGHT");
    expectWrong({"--site", kSite, "--query", "ball", "--box", "a=0,0,10000,1"}, "no centre of a patch");
    expectWrong({"--site", kSite, "--query", "ball", "--box", "entropy=0,0,9999,9999"}, "another name");
    expectWrong({"--site", "text_encoder.encoder.layer.1.attention.self", "--query", "ball", "--box", "a=0,0,9,9"},
                "patches");
    expectWrong({"--site", kSite, "--query", "ball", "--head", "0,0"}, "twice");
    expectWrong({"--site", kSite, "--query", "ball", "--head", "0,4"}, "heads 0 to 3");
    expectWrong({"--group", "question_picture", "--query", "ball", "--head", "0"}, "heads are called L0.mean to L1.H3");
    expectWrong({"--site", kSite, "--query", "ball", "--reduce", "max"}, "--head");
    expectWrong({"--site", kSite, "--query", "ball", "--head", "0,1", "--reduce", "sum"}, "mean");
    expectWrong({"--site", kSite}, "--query");
    expectWrong({"--query", "ball"}, "--group");
    EXPECT_EQ(heedmapCommand({"heads", "/nowhere.heed", "--site", kSite, "--query", "0"}).status, 1);
}

} // namespace
} // namespace heedmap::test
