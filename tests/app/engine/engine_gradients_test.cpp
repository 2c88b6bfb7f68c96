#include "core/capture/capture.h"
#include "core/checkpoint/safetensors.h"
#include "tests/app/engine/engine_harness.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace heedmap {
namespace {

using testing::HasSubstr;

class EngineGradients : public testing::Test
{
protected:
    EngineHarness m_engine;
    TempFolder m_folder;
    Json m_request;

    void SetUp() override { m_request = m_engine.prepareQuestion("what color is the big ball?"); }

    Json request(const Json& options) const
    {
        Json params = m_request;
        params["options"] = options;
        return params;
    }

    std::shared_ptr<const Capture> capture(const Json& options, const std::string& name = "run.heed")
    {
        Json params = request(options);
        params["capture"] = {{"path", (m_folder.path() / name).string()}};
        const Json result = m_engine.call("run/start", params);
        EXPECT_TRUE(result.contains("capture")) << result;
        return Capture::open(m_folder.path() / name);
    }
};

/// Preprocessing included, which costs a little of the fixtures' own 1e-5.
constexpr double kTolerance = 1e-4;

double difference(const std::vector<float>& a, const std::vector<float>& b)
{
    if (a.size() != b.size())
        return INFINITY;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(double{a[i]} - b[i]));
    return largest;
}

TEST_F(EngineGradients, aCaptureHoldsWhatTheReferencesAutogradSays)
{
    const auto opened = capture({{"gradients", {{"target", "answer"}}}});
    const auto expected = SafetensorsFile::open(blipFixture("gradients/answer.safetensors")).tensors;
    ASSERT_EQ(expected.size(), 3 * opened->manifest().sites.size());
    for (const AttentionSite& site : opened->manifest().sites)
        for (const auto& [kind, name] : {std::pair("values", site.values), std::pair("norms", site.valueNorms),
                                         std::pair("gradient", site.outputGradients)}) {
            const std::string key = site.key() + ":" + kind;
            EXPECT_EQ(opened->tensor(name).shape, expected.at(key).shape) << key;
            EXPECT_LT(difference(opened->tensor(name).toFloats(), expected.at(key).toFloats()), kTolerance) << key;
        }
    const GradientTarget target = opened->manifest().gradientTarget.value();
    EXPECT_EQ(gradientTargetLabel(target), "logit of “many” (token 0 of answer)");
    EXPECT_NEAR(target.value.value(), 5.1746025, kTolerance); // gradients.json
}

TEST_F(EngineGradients, ATokenGoesByItsTextOrItsId)
{
    for (const Json& token : {Json("blue"), Json(30), Json("Blue")}) {
        const auto opened = capture({{"gradients", {{"target", "answer"}, {"step", 1}, {"token", token}}}});
        const GradientTarget target = opened->manifest().gradientTarget.value();
        EXPECT_EQ(target.tokenId, 30);
        EXPECT_EQ(target.tokenText, "blue");
        EXPECT_EQ(target.step, 1);
    }
}

TEST_F(EngineGradients, valuesAloneComeWithoutGradients)
{
    const auto opened = capture({{"values", true}});
    EXPECT_FALSE(opened->manifest().gradientTarget);
    for (const AttentionSite& site : opened->manifest().sites) {
        EXPECT_FALSE(site.values.empty());
        EXPECT_FALSE(site.valueNorms.empty());
        EXPECT_TRUE(site.outputGradients.empty());
    }
}

TEST_F(EngineGradients, withoutThemNoBitIsAnother)
{
    const auto bytes = [&](const Json& options, const std::string& name) {
        const std::string created = capture(options, name)->manifest().provenance.created;
        std::string file = fileText((m_folder.path() / name).string());
        for (std::size_t at = file.find(created); at != std::string::npos; at = file.find(created, at))
            file.erase(at, created.size());
        return file;
    };
    const std::string plain = bytes(Json::object(), "plain.heed");
    EXPECT_EQ(plain, bytes({{"values", false}, {"gradients", nullptr}}, "off.heed"));
    EXPECT_THAT(plain, testing::Not(HasSubstr("output_gradients")));
}

TEST_F(EngineGradients, theRestOfACaptureIsWhatItIsWithoutThem)
{
    const auto plain = capture(Json::object(), "plain.heed");
    const auto more = capture({{"gradients", {{"target", "answer"}}}}, "more.heed");
    EXPECT_EQ(jsonFromOutputs(plain->manifest().outputs), jsonFromOutputs(more->manifest().outputs));
    for (std::size_t i = 0; i < plain->manifest().sites.size(); ++i)
        for (const std::string& name : {plain->site(i).weights, plain->site(i).queries, plain->site(i).keys})
            if (!name.empty()) {
                EXPECT_EQ(plain->tensor(name).copyBytes(), more->tensor(name).copyBytes()) << name;
            }
}

TEST_F(EngineGradients, theBytesAreKnownBefore)
{
    const Json plain = m_engine.call("run/plan", request({{"max_new_tokens", 1}}));
    for (const Json& extra : {Json{{"values", true}}, Json{{"gradients", {{"target", "answer"}}}}}) {
        Json options = extra;
        options["max_new_tokens"] = 1;
        const Json plan = m_engine.call("run/plan", request(options));
        EXPECT_GT(plan["byte_count"], plain["byte_count"]);
        EXPECT_GT(plan["sites"][0]["byte_count"], plain["sites"][0]["byte_count"]);
        EXPECT_EQ(plan["byte_count"], capture(options)->byteCount()) << extra;
    }
}

struct Refused
{
    const char* options;
    const char* kind;
    const char* message;
    bool whenPlanned = true;
};

TEST_F(EngineGradients, whatARunDoesNotHaveIsAnErrorAndTheEngineLives)
{
    const Refused cases[] = {
        {R"({"values": 1})", "invalid_request", "values"},
        {R"({"gradients": "answer"})", "invalid_request", "gradients"},
        {R"({"gradients": {}})", "invalid_request", "\"target\" is missing"},
        {R"({"gradients": {"target": 3}})", "invalid_request", "target"},
        {R"({"gradients": {"target": "answer", "row": 1}})", "invalid_request", "row"},
        {R"({"gradients": {"target": "anser"}})", "not_found", "did you mean answer?"},
        {R"({"gradients": {"target": "answer", "step": -1}})", "invalid_request", "step"},
        {R"({"gradients": {"target": "answer", "step": 1e99}})", "invalid_request", "step"},
        {R"({"gradients": {"target": "answer", "token": "bleu"}})", "not_found", "did you mean blue"},
        {R"({"gradients": {"target": "answer", "token": ""}})", "not_found", "no token \"\""},
        {R"({"gradients": {"target": "answer", "token": "red ball"}})", "not_found", "no token \"red ball\""},
        {R"({"gradients": {"target": "answer", "token": -1}})", "invalid_request", "token"},
        {R"({"gradients": {"target": "answer", "token": 53}})", "invalid_request", "no token 53"},
        {R"({"gradients": {"target": "answer", "step": 999}})", "invalid_request", "no token 999 of \"answer\"", false},
    };
    for (const Refused& refused : cases) {
        SCOPED_TRACE(refused.options);
        for (const char* method : {"run/start", "run/plan"}) {
            if (!refused.whenPlanned && method == std::string("run/plan"))
                continue;
            const Json error = m_engine.call(method, request(Json::parse(refused.options)))["error"];
            ASSERT_TRUE(error.is_object());
            EXPECT_EQ(error["data"]["kind"], refused.kind) << error;
            EXPECT_THAT(error.value("message", ""), HasSubstr(refused.message));
        }
    }
    EXPECT_TRUE(m_engine.call("run/start", m_request).contains("capture"));
}

} // namespace
} // namespace heedmap
