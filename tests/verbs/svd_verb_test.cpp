#include "core/base/files.h"
#include "core/media/image.h"
#include "tests/core/base/temp_folder.h"
#include "tests/verbs/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace heedmap::test {
namespace {

using testing::HasSubstr;

/// The seeded tiny question-answering model on wide.png against NumPy's decomposition of what transformers computed.
class SvdVerb : public testing::Test
{
protected:
    static void SetUpTestSuite()
    {
        s_folder = std::make_unique<TempFolder>();
        heedmapCommand({"capture", "--model", fixture("blip/models/qa"), "--image", fixture("blip/pictures/wide.png"),
                        "--text", "what color is the big ball?", "--out", capture()});
        s_expected = parseJson(readTextFile(fixture("analysis/svd.json"), 1 << 20), "svd.json")["question"];
    }
    static void TearDownTestSuite() { s_folder.reset(); }

    static std::string capture() { return s_folder->file("run.heed"); }
    static std::string site() { return s_expected["site"]; }
    static CommandResult svd(std::vector<std::string> words)
    {
        words.insert(words.begin(), {"svd", capture()});
        return heedmapCommand(words);
    }
    static Json json(std::vector<std::string> words)
    {
        words.push_back("--json");
        const CommandResult result = svd(words);
        EXPECT_EQ(result.status, 0) << result.errors;
        return result.json();
    }
    /// The first values of the answer are the reference's first values.
    static void expectValues(const Json& answer, const char* reference, std::size_t count)
    {
        const std::vector<double> expected = s_expected[reference];
        ASSERT_EQ(answer["singular_values"].size(), count) << reference;
        for (std::size_t i = 0; i < count; ++i)
            EXPECT_NEAR(answer["singular_values"][i].get<double>(), expected[i], 1e-5) << reference << ' ' << i;
    }

    static std::unique_ptr<TempFolder> s_folder;
    static Json s_expected;
};
std::unique_ptr<TempFolder> SvdVerb::s_folder;
Json SvdVerb::s_expected;

TEST_F(SvdVerb, SingularValuesAreNumPys)
{
    expectValues(json({"--site", site(), "--head", "2"}), "singular_values", 8);
    expectValues(json({"--site", site(), "--head", "2", "--modes", "3"}), "singular_values", 3);
    expectValues(json({"--site", site(), "--head", "2", "--center", "rows"}), "centred_rows", 8);
    expectValues(json({"--site", site(), "--head", "2", "--center", "both", "--without-special"}),
                 "without_special_centred_both", 8);
    expectValues(json({"--site", site(), "--head", "all"}), "all_heads_stacked", 8);
    expectValues(json({"--site", site(), "--head", "0,2", "--reduce", "mean"}), "mean_of_heads_0_and_2", 8);
    expectValues(json({"--group", "question_picture", "--head", "L1.H2"}), "singular_values", 8);
}

TEST_F(SvdVerb, SaysWhatTheModesAre)
{
    const Json answer = json({"--site", site(), "--head", "2", "--modes", "9"});
    EXPECT_EQ(answer["spectrum_complete"], true);
    EXPECT_EQ(answer["spectrum"].size(), 9u);
    EXPECT_EQ(answer["centring"], "none");
    EXPECT_EQ(answer["map"]["rows"], 9);
    EXPECT_EQ(answer["map"]["columns"], 17);
    const Json& first = answer["modes"][0];
    EXPECT_EQ(first["queries"][0]["position"], s_expected["strongest_query"]);
    EXPECT_EQ(first["keys"][0]["position"], s_expected["strongest_key"]);
    EXPECT_GT(first["queries"][0]["value"].get<double>(), 0) << "the strongest query is positive";
    double energy = 0;
    for (const Json& mode : answer["modes"])
        energy += mode["energy"].get<double>();
    EXPECT_NEAR(energy, 1, 1e-6);
    EXPECT_DOUBLE_EQ(answer["reconstruction"][0]["relative_error"].get<double>(), 1);
    EXPECT_LT(answer["reconstruction"].back()["relative_error"].get<double>(), 1e-5);
    EXPECT_GE(answer["effective_rank"].get<double>(), 1);
    EXPECT_THAT(answer["rules"]["effective_rank"].get<std::string>(), HasSubstr("Roy and Vetterli"));
}

TEST_F(SvdVerb, StackedRowsNameTheirHeads)
{
    const Json answer = json({"--site", site(), "--head", "1,3"});
    EXPECT_EQ(answer["map"]["rows"], 18);
    EXPECT_EQ(answer["map"]["stacked"], true);
    EXPECT_THAT(answer["modes"][0]["queries"][0]["head"].get<std::string>(), testing::AnyOf("L1.H1", "L1.H3"));
    EXPECT_EQ(json({"--group", "question_picture", "--head", "all"})["map"]["rows"], 72);
}

TEST_F(SvdVerb, FindsTheModeInOtherHeads)
{
    const Json answer = json({"--site", site(), "--head", "2", "--like", "1"});
    const Json& heads = answer["similar"]["heads"];
    ASSERT_EQ(heads.size(), 7u) << "2 layers of 4 heads, less this one";
    for (std::size_t i = 1; i < heads.size(); ++i)
        EXPECT_LE(heads[i]["similarity"].get<double>(), heads[i - 1]["similarity"].get<double>());
    EXPECT_LE(heads[0]["similarity"].get<double>(), 1);
    EXPECT_NEAR(heads[0]["similarity"].get<double>(),
                heads[0]["keys"].get<double>() * heads[0]["queries"].get<double>(), 1e-12);
    EXPECT_EQ(json({"--site", site(), "--head", "all", "--like", "1"})["similar"]["heads"].size(), 8u);
}

TEST_F(SvdVerb, WritesFiguresAndArrays)
{
    const std::string out = s_folder->file("modes");
    const CommandResult result =
        svd({"--site", site(), "--head", "1", "--center", "rows", "--modes", "2", "--out", out});
    ASSERT_EQ(result.status, 0) << result.errors;
    const Json written = parseJson(readTextFile(out + "/svd.json", 1 << 20), "svd.json");
    EXPECT_EQ(written["modes"].size(), 2u);
    const std::string keys = readTextFile(out + "/V.npy", 1 << 20);
    EXPECT_THAT(keys, HasSubstr("'descr': '<f8'"));
    EXPECT_THAT(keys, HasSubstr("(17, 2)"));
    // The first column of V, up to its sign, which the script chose by the key side.
    const std::vector<double> expected = s_expected["first_key_vector_of_head_1_centred_rows"];
    std::vector<double> ours(34);
    std::memcpy(ours.data(), keys.data() + keys.size() - ours.size() * sizeof(double), ours.size() * sizeof(double));
    double product = 0;
    for (std::size_t key = 0; key < 17; ++key)
        product += ours[2 * key] * expected[key];
    EXPECT_NEAR(std::abs(product), 1, 1e-6);
    for (const char* name : {"/mode-1.png", "/mode-2.png"}) {
        const std::vector<std::byte> file = readFile(out + name, 1 << 24);
        EXPECT_GT(decodeImage(file, name).upright.width, 800);
    }
    std::ofstream(out + "/notes.txt") << "somebody's own";
    ASSERT_EQ(svd({"--site", site(), "--head", "1", "--modes", "1", "--out", out}).status, 0);
    EXPECT_FALSE(std::filesystem::exists(out + "/mode-2.png")) << "of the call before";
    EXPECT_TRUE(std::filesystem::exists(out + "/notes.txt"));
    ASSERT_EQ(svd({"--site", site(), "--head", "1", "--center", "rows", "--modes", "2", "--out", out}).status, 0);
    EXPECT_THAT(readTextFile(out + "/mode-1.svg", 1 << 24), HasSubstr("rows: less each row"));
    EXPECT_THAT(readTextFile(out + "/modes.csv", 1 << 24), HasSubstr("mode,singular_value,energy,subspace,side,token"));
}

TEST_F(SvdVerb, TextIsForPeople)
{
    const CommandResult result = svd({"--site", site(), "--head", "2", "--like", "2"});
    EXPECT_EQ(result.status, 0) << result.errors;
    for (const char* part : {"no centring", "mode 1: ", " · energy ", "queries  ", "effective rank", "like mode 2:"})
        EXPECT_THAT(result.output, HasSubstr(part));
}

TEST_F(SvdVerb, WrongUseSaysWhatThereIs)
{
    const auto expectWrong = [](const std::vector<std::string>& words, const char* hint) {
        const CommandResult result = svd(words);
        EXPECT_EQ(result.status, 2) << hint << '\n' << result.errors;
        EXPECT_THAT(result.errors, HasSubstr(hint));
    };
    expectWrong({"--site", site() + "x", "--head", "0"}, site().c_str());
    expectWrong({"--group", "question_pictur", "--head", "all"}, "did you mean question_picture");
    expectWrong({"--site", site(), "--head", "7"}, "heads 0 to 3");
    expectWrong({"--site", site(), "--head", "0", "--center", "colums"}, "did you mean columns");
    expectWrong({"--site", site(), "--head", "0", "--modes", "0"}, "--modes");
    expectWrong({"--site", site(), "--head", "0", "--like", "0"}, "--like");
    expectWrong({"--site", site(), "--head", "0", "--like", "99"}, "numbered 1 to");
    expectWrong({"--site", site()}, "--head");
    expectWrong({"--head", "0"}, "--group");
    EXPECT_EQ(heedmapCommand({"svd", "/nowhere.heed", "--site", site(), "--head", "0"}).status, 1);
}

} // namespace
} // namespace heedmap::test
