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

} // namespace
} // namespace heedmap
