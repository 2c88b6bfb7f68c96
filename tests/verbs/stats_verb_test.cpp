#include "core/base/files.h"
#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

CommandResult stats(const std::string& capture, std::vector<std::string> words)
{
    words.insert(words.begin(), {"stats", fixture("capture/" + capture + ".heed")});
    return heedmapCommand(words);
}

/// What NumPy says of a site's heads for all queries but special tokens.
Json expectedHeads(const std::string& capture, const std::string& site)
{
    for (const Json& answer : parseJson(readTextFile(fixture("analysis/statistics.json"), 1 << 26), "statistics.json"))
        if (answer["capture"] == capture && answer["site"] == site)
            return answer["heads"];
    return {};
}

TEST(StatsVerb, NumbersAreNumPys)
{
    const std::string site = "text_encoder.encoder.layer.1.crossattention.self";
    const Json map = stats("blip", {"--site", site, "--dormant-above", "0.3", "--json"}).json()["maps"][0];
    const Json expected = expectedHeads("blip", "question/" + site);
    ASSERT_EQ(expected.size(), 4u);
    EXPECT_EQ(map["queries"]["id"], "ordinary");
    EXPECT_EQ(map["queries"]["chosen"], 6);
    EXPECT_FALSE(map["queries"]["sampled"]);
    for (std::size_t head = 0; head < 4; ++head) {
        for (const auto& [id, value] : expected[head]["values"].items())
            EXPECT_NEAR(map["heads"][head]["statistics"][id].get<double>(), value.get<double>(), 1e-5) << id;
        EXPECT_EQ(map["heads"][head]["sink_key"]["position"], expected[head]["sink_key"]);
    }
    for (const Json& statistic : map["statistics"])
        for (const char* member : {"formula", "source", "unit", "title"})
            EXPECT_FALSE(statistic[member].get<std::string>().empty()) << statistic["id"];
}

TEST(StatsVerb, SaysTheSameWithAndWithoutKeptResults)
{
    const TempFolder folder;
    const std::filesystem::path capture = folder.path() / "run.heed";
    std::filesystem::copy_file(fixture("capture/blip.heed"), capture);
    const CommandResult without = heedmapCommand({"stats", capture.string(), "--json", "--no-cache"});
    EXPECT_EQ(without.status, 0);
    EXPECT_FALSE(std::filesystem::exists(capture.string() + ".cache"));
    EXPECT_EQ(heedmapCommand({"stats", capture.string(), "--json"}).output, without.output);
    EXPECT_EQ(heedmapCommand({"stats", capture.string(), "--json"}).output, without.output);
}

TEST(StatsVerb, SortsFiltersAndCuts)
{
    const Json all = stats("blip", {"--group", "question_picture", "--sort", "entropy", "--json"}).json()["maps"][0];
    ASSERT_EQ(all["heads"].size(), 8u);
    for (std::size_t line = 1; line < 8; ++line)
        EXPECT_GE(all["heads"][line - 1]["statistics"]["entropy"].get<double>(),
                  all["heads"][line]["statistics"]["entropy"].get<double>());
    const double third = all["heads"][2]["statistics"]["entropy"];
    const Json some = stats("blip", {"--group", "question_picture", "--sort", "entropy", "--where",
                                     "entropy >= " + std::to_string(third - 1e-6), "--top", "9", "--json"})
                          .json()["maps"][0];
    ASSERT_EQ(some["heads"].size(), 3u);
    EXPECT_EQ(some["heads"][2], all["heads"][2]);
    const Json layer = stats("blip", {"--group", "question_picture", "--where", "l1", "--json"}).json()["maps"][0];
    EXPECT_EQ(layer["heads"].size(), 4u);
}

TEST(StatsVerb, EveryGroupUnlessOneIsAsked)
{
    const Json maps = stats("blip", {"--json"}).json()["maps"];
    EXPECT_EQ(maps.size(), 4u); // the composition is no group
    const CommandResult csv = stats("blip", {"--csv"});
    EXPECT_THAT(csv.output, StartsWith("group,head,layer,index,site,queries_chosen,queries_read,picture_mass,"));
    EXPECT_THAT(csv.output, HasSubstr("\r\nquestion_picture,L1.H3,1,3,question/"));
    EXPECT_THAT(stats("blip", {}).output, HasSubstr("H = ⟨−Σ p ln p⟩"));
    const Json composed = stats("blip", {"--group", "answer_picture", "--first", "L0.H1", "--json"}).json()["maps"][0];
    EXPECT_TRUE(composed["composed"]);
    EXPECT_EQ(composed["heads"].size(), 8u);
}

TEST(StatsVerb, GroupsThatCannotAnswerAreLeftOutAndSaid)
{
    const CommandResult some = stats("blip", {"--sort", "picture_entropy", "--json"});
    ASSERT_EQ(some.status, 0) << some.errors;
    const Json maps = some.json()["maps"];
    EXPECT_EQ(maps.size(), 2u); // of question and picture alone the keys are patches
    EXPECT_THAT(some.errors, HasSubstr("left out: "));
    const CommandResult none = stats("blip", {"--sort", "picture_entropi"});
    EXPECT_EQ(none.status, 2);
    EXPECT_THAT(none.errors, HasSubstr("there is no column \"picture_entropi\""));
}

TEST(StatsVerb, QueriesAreChosenAndASampleIsSaid)
{
    const auto queries = [](const std::vector<std::string>& words) {
        std::vector<std::string> all{"--group", "joint", "--json"};
        all.insert(all.end(), words.begin(), words.end());
        return stats("joint", all).json()["maps"][0]["queries"];
    };
    EXPECT_EQ(queries({})["chosen"], 12);
    EXPECT_EQ(queries({"--queries", "all"})["chosen"], 15);
    EXPECT_EQ(queries({"--queries", "text"})["chosen"], 4);
    EXPECT_EQ(queries({"--queries", "reply"})["chosen"], 2);
    EXPECT_EQ(queries({"--queries", "look"})["title"], "look");
    const Json sampled = queries({"--queries", "all", "--sample", "4"});
    EXPECT_EQ(sampled["read"], 4);
    EXPECT_TRUE(sampled["sampled"]);
    EXPECT_FALSE(queries({"--queries", "all", "--sample", "all"})["sampled"]);
    EXPECT_THAT(stats("joint", {"--group", "joint", "--sample", "4"}).output, HasSubstr("sampled 4 of 12 queries"));
}

TEST(StatsVerb, WrongUseSaysWhatThereIs)
{
    const auto expectWrong = [](const std::vector<std::string>& words, const char* hint) {
        const CommandResult result = stats("blip", words);
        EXPECT_EQ(result.status, 2) << hint;
        EXPECT_THAT(result.errors, HasSubstr(hint));
    };
    expectWrong({"--group", "question_pictur"}, "did you mean question_picture");
    expectWrong({"--site", "text_encoder.encoder.layer.1.crossattention.selv"}, "crossattention.self");
    expectWrong({"--group", "question_picture", "--sort", "entropi"}, "did you mean entropy");
    expectWrong({"--group", "question_picture", "--where", "entropi > 1"}, "did you mean entropy");
    expectWrong({"--group", "question_picture", "--queries", "ordinari"}, "did you mean ordinary");
    expectWrong({"--group", "question_picture", "--sample", "0"}, "--sample 0");
    expectWrong({"--group", "question_picture", "--dormant-above", "2"}, "--dormant-above");
    expectWrong({"--group", "question_picture", "--first", "L0.H0"}, "--first is for compositions");
    expectWrong({"--json", "--csv"}, "excludes");
    expectWrong({"--top", "0"}, "--top");
    EXPECT_EQ(heedmapCommand({"stats", "/nowhere.heed"}).status, 1);
}

} // namespace
} // namespace heedmap::test
