#include "core/capture/attention.h"
#include "tests/app/engine/engine_harness.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace heedmap {
namespace {

using testing::HasSubstr;

const std::string kTextCross = "text_encoder.encoder.layer.1.crossattention.self";

class EngineInterventions : public testing::Test
{
protected:
    EngineHarness m_engine;
    TempFolder m_folder;
    Json m_request;

    void SetUp() override { m_request = m_engine.prepareQuestion("what color is the big ball?"); }

    std::filesystem::path path(const std::string& name) const { return m_folder.path() / name; }

    Json start(const Json& request, const std::string& name)
    {
        Json params = request;
        params["capture"] = {{"path", path(name).string()}};
        return m_engine.call("run/start", params);
    }

    /// The file without what differs from run to run.
    std::string bytesOf(const std::string& name) const
    {
        const auto capture = Capture::open(path(name));
        std::string file = fileText(path(name).string());
        const std::string created = capture->manifest().provenance.created;
        for (std::size_t at = file.find(created); at != std::string::npos; at = file.find(created, at))
            file.erase(at, created.size());
        return file;
    }

    Json request(const Json& interventions) const
    {
        Json params = m_request;
        params["interventions"] = interventions;
        return params;
    }
};

TEST_F(EngineInterventions, anEmptyListChangesNoBit)
{
    EXPECT_TRUE(start(m_request, "plain.heed").contains("capture"));
    EXPECT_TRUE(start(request(Json::array()), "empty.heed").contains("capture"));
    EXPECT_TRUE(start(request(nullptr), "null.heed").contains("capture"));
    EXPECT_EQ(bytesOf("plain.heed"), bytesOf("empty.heed"));
    EXPECT_EQ(bytesOf("plain.heed"), bytesOf("null.heed"));
    EXPECT_TRUE(Capture::open(path("empty.heed"))->manifest().interventions.empty());
}

/// Rows read back are exactly zero at hidden keys: those of stored weights and those computed from queries and keys.
TEST_F(EngineInterventions, aCaptureOfHiddenKeysGivesThemNoWeight)
{
    const std::vector<Intervention> hidden = {HideKeys{"picture", {1, 6, 7}}, HideKeys{"question", {5}}};
    const Json result = start(request(jsonFromInterventions(hidden)), "hidden.heed");
    ASSERT_TRUE(result.contains("capture")) << result;
    const auto capture = Capture::open(path("hidden.heed"));
    EXPECT_EQ(capture->manifest().interventions, hidden);
    std::set<bool> storages;
    for (std::size_t i = 0; i < capture->manifest().sites.size(); ++i) {
        const AttentionSite& site = capture->site(i);
        storages.insert(site.storesWeights());
        EXPECT_LT(site.maxRowError.value(), 1e-6) << site.key();
        const auto keys = static_cast<std::size_t>(capture->keyAxis(i).length);
        for (int head = 0; head < site.heads; ++head) {
            const std::vector<float> map = readMap(*capture, {i, {head}, {}}); // [queries, keys]
            for (const Intervention& intervention : hidden) {
                const HideKeys& hide = std::get<HideKeys>(intervention);
                for (std::size_t row = 0; hide.axis == site.keyAxis && row < map.size() / keys; ++row)
                    for (const std::int64_t key : hide.positions)
                        ASSERT_EQ(map[row * keys + static_cast<std::size_t>(key)], 0.0f) << site.key();
            }
        }
    }
    EXPECT_EQ(storages.size(), 2u) << "one of the two ways of storing a site was not looked at";
}

TEST_F(EngineInterventions, aMutedHeadIsSaidInTheCaptureAndChangesTheAnswersProbability)
{
    const Json muted = {{{"kind", "mute_head"}, {"site", kTextCross}, {"head", 2}}};
    const Json plain = start(m_request, "plain.heed");
    const Json after = start(request(muted), "muted.heed");
    EXPECT_EQ(jsonFromInterventions(Capture::open(path("muted.heed"))->manifest().interventions), muted);
    EXPECT_NE(plain["outputs"][0]["tokens"][0]["log_probability"], after["outputs"][0]["tokens"][0]["log_probability"]);
}

TEST_F(EngineInterventions, thePlanHasRoomForEveryMask)
{
    std::vector<std::int64_t> every;
    for (std::int64_t key = 0; key < 17; key += 2)
        every.push_back(key);
    const Json params = request(jsonFromInterventions({HideKeys{"picture", every}}));
    const Json plan = m_engine.call("run/plan", params);
    const Json result = start(params, "striped.heed");
    ASSERT_TRUE(result.contains("capture")) << result;
    EXPECT_LE(result["capture"]["byte_count"], plan["byte_count"]);
    EXPECT_GT(plan["byte_count"], m_engine.call("run/plan", m_request)["byte_count"]);
}

TEST_F(EngineInterventions, sayingTheSameAThousandTimesCostsNoMoreThanTheList)
{
    const std::vector<Intervention> repeated(4096, HideKeys{"picture", {1, 3, 5, 7, 9, 11}});
    const Json result = start(request(jsonFromInterventions(repeated)), "repeated.heed");
    ASSERT_TRUE(result.contains("capture")) << result;
    EXPECT_EQ(Capture::open(path("repeated.heed"))->manifest().interventions, repeated);
    EXPECT_LT(result["capture"]["byte_count"], 1'000'000);
}

TEST_F(EngineInterventions, scoredTokensAreAmongTheAlternatives)
{
    Json params = m_request;
    params["options"] = {{"score_tokens", {0, 31}}};
    const Json result = start(params, "scored.heed");
    for (const Json& token : result["outputs"][0]["tokens"])
        for (const int id : {0, 31}) {
            const auto has = [id](const Json& one) { return one["id"] == id; };
            EXPECT_EQ(std::ranges::count_if(token["alternatives"], has), 1) << token;
        }
    EXPECT_LE(result["capture"]["byte_count"], m_engine.call("run/plan", params)["byte_count"]);
}

struct Refused
{
    const char* member;
    const char* json;
    const char* kind;
    const char* message;
};

TEST_F(EngineInterventions, whatCannotBeDoneIsAnErrorAndTheEngineLives)
{
    const Refused cases[] = {
        {"interventions", R"([{"kind": "swap_heads"}])", "unsupported", "swap_heads"},
        {"interventions", R"({"kind": "mute_head"})", "invalid_request", "not a list"},
        {"interventions", R"([{"kind": "mute_head", "site": "vision_model", "head": "0"}])", "invalid_request", "head"},
        {"interventions",
         R"([{"kind": "mute_head", "site": "text_encoder.encoder.layer.1.crossattention.slef", "head": 0}])",
         "not_found", "did you mean text_encoder.encoder.layer.1.crossattention.self"},
        {"interventions",
         R"([{"kind": "mute_head", "site": "text_encoder.encoder.layer.1.crossattention.self", "head": 9}])",
         "invalid_request", "heads 0 to 3"},
        {"interventions", R"([{"kind": "hide_keys", "axis": "picture", "positions": [16777215]}])", "invalid_request",
         "16777215"},
        {"interventions", R"([{"kind": "hide_keys", "axis": "picture", "positions": [1e99]}])", "invalid_request",
         "1e+99"},
        {"interventions", R"([{"kind": "hide_keys", "axis": "answer", "positions": [0]}])", "invalid_request",
         "generated"},
        {"options", R"({"score_tokens": [99999]})", "invalid_request", "no token 99999"},
        {"options", R"({"score_tokens": [-1]})", "invalid_request", "no token id"},
        {"options", R"({"score_tokens": ["a"]})", "invalid_request", "no token id"},
        {"options", R"({"score_tokens": 3})", "invalid_request", "score_tokens"},
    };
    for (const Refused& refused : cases) {
        SCOPED_TRACE(refused.json);
        Json params = m_request;
        params[refused.member] = Json::parse(refused.json);
        for (const char* method : {"run/start", "run/plan"}) {
            const Json error = m_engine.call(method, params)["error"];
            EXPECT_EQ(error["data"]["kind"], refused.kind) << error;
            EXPECT_THAT(error.value("message", ""), HasSubstr(refused.message));
        }
    }
    EXPECT_TRUE(start(m_request, "after.heed").contains("capture"));
}

} // namespace
} // namespace heedmap
