#include "core/capture/attention.h"
#include "core/checkpoint/safetensors.h"
#include "tests/app/engine/engine_harness.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace heedmap {
namespace {

using testing::HasSubstr;

class EngineStorage : public testing::Test
{
protected:
    EngineHarness m_engine;
    TempFolder m_folder;
    Json m_request;

    void SetUp() override { m_request = m_engine.prepareQuestion("what color is the big ball?"); }

    Json call(const std::string& method, const Json& options)
    {
        m_request["options"] = options;
        if (method == "run/start")
            m_request["capture"] = {{"path", (m_folder.path() / "run.heed").string()}};
        return m_engine.call(method, m_request);
    }

    std::shared_ptr<const Capture> capture(const Json& options)
    {
        const Json result = call("run/start", options);
        EXPECT_TRUE(result.contains("capture")) << result;
        return Capture::open(m_folder.path() / "run.heed");
    }
};

/// Largest difference of a site's maps to the weights `transformers` gave, [heads, queries, keys].
double differenceToReference(const Capture& capture, std::size_t site, const SafetensorsFile& expected)
{
    const std::vector<float> weights = expected.tensors.at(capture.site(site).key()).toFloats();
    double largest = 0;
    std::size_t at = 0;
    for (int head = 0; head < capture.site(site).heads; ++head)
        for (const float weight : readMap(capture, {site, {head}, {}}))
            largest = std::max(largest, std::abs(double{weight} - weights[at++]));
    return largest;
}

TEST_F(EngineStorage, halfPrecisionSaysHowFarItIsFromTheModel)
{
    const auto expected = SafetensorsFile::open(blipFixture("expected/qa_wide.safetensors"));
    for (const DType dtype : {DType::F16, DType::BF16}) {
        const auto half = capture({{"storage_dtype", dtypeName(dtype)}});
        double largest = 0;
        for (std::size_t i = 0; i < half->manifest().sites.size(); ++i) {
            const AttentionSite& site = half->site(i);
            EXPECT_EQ(half->tensor(site.storesWeights() ? site.weights : site.queries).dtype, dtype);
            ASSERT_TRUE(site.maxRowError);
            EXPECT_NEAR(differenceToReference(*half, i, expected), *site.maxRowError, 1e-5) << site.key();
            largest = std::max(largest, *site.maxRowError);
        }
        EXPECT_GT(largest, dtype == DType::F16 ? 1e-5 : 1e-4); // it is not what single precision gives
        EXPECT_LT(largest, dtype == DType::F16 ? 1e-3 : 1e-2);
    }
}

TEST_F(EngineStorage, halfPrecisionTakesHalfTheBytesAsPlanned)
{
    const Json plain = call("run/plan", {{"max_new_tokens", 1}});
    const Json options = {{"max_new_tokens", 1}, {"storage_dtype", "F16"}};
    const Json half = call("run/plan", options);
    for (std::size_t i = 0; i < plain["sites"].size(); ++i)
        EXPECT_EQ(2 * half["sites"][i]["byte_count"].get<int>(), plain["sites"][i]["byte_count"]);
    EXPECT_EQ(capture(options)->byteCount(), half["byte_count"]);
}

TEST_F(EngineStorage, sitesAreChosenByPatternWithOrWithoutTheirPass)
{
    const Json sites = {"question/*.layer.1.crossattention.self", "vision_model.*.layers.?.self_attn"};
    const Json options = {{"max_new_tokens", 1}, {"sites", sites}};
    const Json plan = call("run/plan", options);
    const auto chosen = capture(options);
    ASSERT_EQ(chosen->manifest().sites.size(), plan["sites"].size());
    EXPECT_EQ(chosen->byteCount(), plan["byte_count"]);
    int cross = 0;
    for (const AttentionSite& site : chosen->manifest().sites) {
        EXPECT_TRUE(site.pass == "vision" || site.key() == "question/text_encoder.encoder.layer.1.crossattention.self");
        cross += site.pass == "question" ? 1 : 0;
    }
    EXPECT_EQ(cross, 1);
    EXPECT_GT(chosen->manifest().sites.size(), 1u);
    const std::size_t all = call("run/plan", {{"max_new_tokens", 1}})["sites"].size();
    EXPECT_EQ(chosen->manifest().leftOut.size(), all - chosen->manifest().sites.size()) << "and the file says so";
    EXPECT_FALSE(chosen->manifest().outputs.empty());
}

TEST_F(EngineStorage, gradientsOfSitesThatAreLeftOutAreLeftOutToo)
{
    const auto chosen = capture({{"sites", {"question/*"}}, {"gradients", {{"target", "answer"}}}});
    for (const AttentionSite& site : chosen->manifest().sites) {
        EXPECT_EQ(site.pass, "question");
        EXPECT_FALSE(site.outputGradients.empty()) << site.key();
        EXPECT_EQ(chosen->tensor(site.outputGradients).dtype, DType::F32);
    }
}

TEST_F(EngineStorage, aCaptureOverItsBudgetIsRefusedWithWhatWouldFit)
{
    const std::int64_t bytes = call("run/plan", {{"max_new_tokens", 1}})["byte_count"];
    const std::int64_t half = call("run/plan", {{"max_new_tokens", 1}, {"storage_dtype", "F16"}})["byte_count"];
    const Json error = call("run/start", {{"max_new_tokens", 1}, {"byte_budget", bytes - 1}})["error"];
    EXPECT_EQ(error["data"]["kind"], "too_large");
    for (const std::string& part : {std::to_string(bytes), std::to_string(bytes - 1), std::to_string(half),
                                    std::string("vision/*"), std::string("question/*")})
        EXPECT_THAT(error.value("message", ""), HasSubstr(part));
    EXPECT_TRUE(std::filesystem::is_empty(m_folder.path()));
    EXPECT_EQ(capture({{"max_new_tokens", 1}, {"byte_budget", bytes}})->byteCount(), bytes);
}

TEST_F(EngineStorage, whatCannotBeChosenIsAnErrorAndTheEngineLives)
{
    const std::tuple<const char*, const char*, const char*> cases[] = {
        {R"({"storage_dtype": "F64"})", "invalid_request", "F32, F16 or BF16"},
        {R"({"storage_dtype": 16})", "invalid_request", "storage_dtype"},
        {R"({"sites": []})", "invalid_request", "0 patterns"},
        {R"({"sites": "vision/*"})", "invalid_request", "sites"},
        {R"({"sites": [3]})", "invalid_request", "no text"},
        {R"({"sites": ["vison/vision_model.encoder.layers.0.self_attn"]})", "not_found",
         "did you mean vision/vision_model.encoder.layers.0.self_attn"},
        {R"({"byte_budget": 0})", "invalid_request", "byte_budget"},
        {R"({"byte_budget": 1e300})", "invalid_request", "byte_budget"},
    };
    for (const auto& [options, kind, message] : cases)
        for (const char* method : {"run/plan", "run/start"}) {
            const Json error = call(method, Json::parse(options))["error"];
            ASSERT_TRUE(error.is_object()) << options;
            EXPECT_EQ(error["data"]["kind"], kind) << error;
            EXPECT_THAT(error.value("message", ""), HasSubstr(message));
        }
    capture(Json::object());
}

TEST_F(EngineStorage, aMutedModuleMustBeKept)
{
    m_request["interventions"] = {
        {{"kind", "mute_head"}, {"site", "text_encoder.encoder.layer.1.crossattention.self"}, {"head", 0}}};
    const Json error = call("run/start", {{"sites", {"vision/*"}}})["error"];
    EXPECT_EQ(error["data"]["kind"], "invalid_request");
    EXPECT_THAT(error.value("message", ""), HasSubstr("must be kept too"));
    EXPECT_EQ(capture({{"sites", {"*.layer.1.*"}}})->manifest().interventions.size(), 1u);
}

/// The part gives what the whole gives, head by head and row by row.
TEST_F(EngineStorage, headsAndQueriesAreChosenAndKeepTheirNumbers)
{
    const auto whole = capture({{"max_new_tokens", 2}});
    std::filesystem::rename(m_folder.path() / "run.heed", m_folder.path() / "whole.heed");
    const Json options = {
        {"max_new_tokens", 2},
        {"heads", {{{"sites", "question/*"}, {"heads", {1}}}, {{"sites", "question_picture.L1"}, {"heads", {0}}}}},
        {"queries", {{"question", {{2, 4}, {6, 7}}}, {"answer", {{0, 1}}}}},
        {"gradients", {{"target", "answer"}}}};
    const Json plan = call("run/plan", options);
    ASSERT_TRUE(plan.contains("byte_count")) << plan;
    const auto part = capture(options);
    EXPECT_EQ(part->byteCount(), plan["byte_count"]);
    EXPECT_LT(part->byteCount(), call("run/plan", {{"max_new_tokens", 2}, {"values", true}})["byte_count"]);
    EXPECT_EQ(part->manifest().axis("question").storedQueries.text(), "2-3, 6");
    EXPECT_EQ(part->manifest().axis("answer").storedQueries.text(), "0");
    EXPECT_TRUE(part->manifest().axis("picture").storedQueries.areAll());
    int rows = 0;
    for (std::size_t i = 0; i < part->manifest().sites.size(); ++i) {
        const AttentionSite& site = part->site(i);
        const std::size_t same = whole->siteIndex(site.key());
        const std::vector<int> heads = site.headNumbers();
        if (site.pass == "question")
            EXPECT_EQ(heads, site.name.find("layer.1.cross") == std::string::npos ? std::vector<int>({1})
                                                                                  : std::vector<int>({0, 1}));
        else
            EXPECT_EQ(std::ssize(heads), site.heads);
        for (const int head : heads)
            for (const std::int64_t query : part->queryAxis(i).storedQueries.numbers(part->queryAxis(i).length)) {
                const std::vector<float> row = readRow(*part, {i, {head}, {}}, query);
                const std::vector<float> expected = readRow(*whole, {same, {head}, {}}, query);
                for (std::size_t key = 0; key < row.size(); ++key) // weights may be stored in place of queries and keys
                    ASSERT_NEAR(row[key], expected[key], 1e-6) << site.key() << " " << head << " " << query;
                ++rows;
            }
    }
    EXPECT_GT(rows, 10);
    EXPECT_TRUE(part->manifest().compositions.empty()) << "a product needs every row of the question";
    EXPECT_FALSE(whole->manifest().compositions.empty());
}

TEST_F(EngineStorage, aPartSaysHowFarItsRowsAreFromTheModel)
{
    const auto expected = SafetensorsFile::open(blipFixture("expected/qa_wide.safetensors"));
    const auto part = capture({{"storage_dtype", "BF16"},
                               {"heads", {{{"sites", "*"}, {"heads", {1}}}}},
                               {"queries", {{"picture", {{3, 5}}}, {"question", {{1, 2}, {4, 5}}}}}});
    for (std::size_t i = 0; i < part->manifest().sites.size(); ++i) {
        const AttentionSite& site = part->site(i);
        const TensorView& reference = expected.tensors.at(site.key()); // [heads, queries, keys]
        const std::vector<float> weights = reference.toFloats();
        const std::int64_t rows = part->queryAxis(i).length;
        double largest = 0;
        for (const std::int64_t query : part->queryAxis(i).storedQueries.numbers(rows)) {
            const std::vector<float> row = readRow(*part, {i, {1}, {}}, query);
            const float* model = weights.data() + (rows + query) * std::ssize(row);
            for (std::size_t key = 0; key < row.size(); ++key)
                largest = std::max(largest, std::abs(double{row[key]} - model[key]));
        }
        ASSERT_TRUE(site.maxRowError);
        EXPECT_NEAR(largest, *site.maxRowError, 1e-5) << site.key();
    }
}

TEST_F(EngineStorage, whatIsLeftOutIsSaidInSentences)
{
    EXPECT_EQ(call("run/plan", {{"max_new_tokens", 1}})["left_out"], Json::array());
    const Json options = {{"max_new_tokens", 1},
                          {"sites", {"question/*"}},
                          {"heads", {{{"sites", "question/*"}, {"heads", {1}}}}},
                          {"queries", {{"question", {{2, 4}}}}}};
    const Json planned = call("run/plan", options)["left_out"];
    ASSERT_EQ(planned.size(), 3u) << planned;
    EXPECT_THAT(planned[0].get<std::string>(), HasSubstr("attention modules are not stored"));
    EXPECT_THAT(planned[1].get<std::string>(), HasSubstr("only heads 1 of "));
    EXPECT_THAT(planned[2].get<std::string>(), HasSubstr("of the rows of question only 2-3 are stored"));
    EXPECT_EQ(call("run/start", options)["left_out"], planned);
}

TEST_F(EngineStorage, aPlanListsAllGroupsAndAGroupIsAPattern)
{
    const Json whole = call("run/plan", {{"max_new_tokens", 1}});
    ASSERT_GT(whole["groups"].size(), 2u);
    std::int64_t bytes = 0;
    for (const Json& site : whole["sites"])
        bytes += site["byte_count"].get<std::int64_t>();
    for (const Json& group : whole["groups"]) {
        EXPECT_EQ(group["stored"], true);
        const std::string pattern = group["id"].get<std::string>() + ".L*";
        const Json alone = call("run/plan", {{"max_new_tokens", 1}, {"sites", {pattern}}});
        std::int64_t ofGroup = 0;
        for (const Json& site : alone["sites"])
            ofGroup += site["byte_count"].get<std::int64_t>();
        EXPECT_EQ(ofGroup, group["byte_count"]) << group;
        EXPECT_EQ(whole["byte_count"].get<std::int64_t>() - alone["byte_count"].get<std::int64_t>(), bytes - ofGroup);
        for (const Json& other : alone["groups"]) {
            EXPECT_EQ(other["stored"], other["id"] == group["id"]);
            EXPECT_GT(other["byte_count"], 0) << "what it would take is said of those that are left out too";
        }
    }
}

TEST_F(EngineStorage, partsCountForTheBudget)
{
    const Json options = {{"max_new_tokens", 1}, {"queries", {{"picture", {{0, 1}}}, {"question", {{2, 3}}}}}};
    const std::int64_t whole = call("run/plan", {{"max_new_tokens", 1}})["byte_count"];
    const std::int64_t part = call("run/plan", options)["byte_count"];
    EXPECT_LT(part, whole);
    Json within = options;
    within["byte_budget"] = part;
    EXPECT_EQ(capture(within)->byteCount(), part);
    within["byte_budget"] = part - 1;
    EXPECT_EQ(call("run/start", within)["error"]["data"]["kind"], "too_large");
}

TEST_F(EngineStorage, headsAndRowsThatCannotBeAreErrors)
{
    const std::tuple<const char*, const char*, const char*> cases[] = {
        {R"({"heads": []})", "invalid_request", "0 entries"},
        {R"({"heads": [3]})", "invalid_request", "heads"},
        {R"({"heads": [{"sites": "*"}]})", "invalid_request", "\"heads\" is missing"},
        {R"({"heads": [{"sites": "*", "heads": []}]})", "invalid_request", "names no head"},
        {R"({"heads": [{"sites": "*", "heads": [-1]}]})", "invalid_request", "has -1"},
        {R"({"heads": [{"sites": "*", "heads": [1e9]}]})", "invalid_request", "heads"},
        {R"({"heads": [{"sites": "*", "heads": [99]}]})", "invalid_request", "There is no head 99"},
        {R"({"heads": [{"sites": 3, "heads": [0]}]})", "invalid_request", "no text"},
        {R"({"heads": [{"sites": "questoin/*", "heads": [0]}]})", "not_found", "fits \"questoin/*\""},
        {R"({"sites": ["vision/*"], "heads": [{"sites": "question/*", "heads": [0]}]})", "not_found", "that is kept"},
        {R"({"queries": {}})", "invalid_request", "names no axis"},
        {R"({"queries": []})", "invalid_request", "queries"},
        {R"({"queries": {"question": []}})", "invalid_request", "0 ranges"},
        {R"({"queries": {"question": [3]}})", "invalid_request", "has 3"},
        {R"({"queries": {"question": [[3, 3]]}})", "invalid_request", "has [3,3]"},
        {R"({"queries": {"question": [[3, 5], [4, 6]]}})", "invalid_request", "has [4,6]"},
        {R"({"queries": {"question": [[-1, 5]]}})", "invalid_request", "has [-1,5]"},
        {R"({"queries": {"question": [[0, 9000000000000000000]]}})", "invalid_request", "There is no position"},
        {R"({"queries": {"qustion": [[0, 1]]}})", "not_found", "did you mean question"},
        {R"({"sites": ["vision/*"], "queries": {"question": [[0, 1]]}})", "not_found", "that is kept"},
    };
    for (const auto& [options, kind, message] : cases)
        for (const char* method : {"run/plan", "run/start"}) {
            const Json error = call(method, Json::parse(options))["error"];
            ASSERT_TRUE(error.is_object()) << options;
            EXPECT_EQ(error["data"]["kind"], kind) << error;
            EXPECT_THAT(error.value("message", ""), HasSubstr(message));
        }
    const Json error = call("run/start", {{"queries", {{"answer", {{15, 16}}}}}})["error"];
    EXPECT_EQ(error["data"]["kind"], "invalid_request") << "the answer is shorter than it might have been: " << error;
    EXPECT_THAT(error.value("message", ""), HasSubstr("None of the rows of \"answer\""));
    EXPECT_TRUE(std::filesystem::is_empty(m_folder.path())) << "nothing half-written stays";
    capture(Json::object());
}

} // namespace
} // namespace heedmap
