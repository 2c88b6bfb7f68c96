#include "core/base/error.h"
#include "core/base/files.h"
#include "core/checkpoint/safetensors.h"
#include "core/models/architectures.h"
#include "tests/models/model_fixtures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace heedmap::test {
namespace {

using testing::HasSubstr;

constexpr double kTolerance = 1e-5;
const std::string kTextCross = "text_encoder.encoder.layer.1.crossattention.self";

/// One case of tests/fixtures/blip/interventions.json: what was done to a fixture's run, and what came of it.
struct InterventionCase
{
    std::string name;
    std::string run;
    std::vector<Intervention> interventions;
    std::vector<std::string> stages;
    std::vector<std::int32_t> generated;
};

void PrintTo(const InterventionCase& example, std::ostream* stream)
{
    *stream << example.name;
}

std::vector<InterventionCase> interventionCases()
{
    const Json json =
        parseJson(readTextFile(blipFixtureFolder() / "interventions.json", 1 << 20), "interventions.json");
    std::vector<InterventionCase> cases;
    for (const Json& entry : json.at("cases"))
        cases.push_back({entry.at("name"), entry.at("run"),
                         interventionsFromJson(entry.at("interventions"), "interventions.json"),
                         entry.at("stages").get<std::vector<std::string>>(),
                         entry.value("generated", std::vector<std::int32_t>())});
    return cases;
}

RunResult runWith(const std::string& fixtureName, const std::vector<Intervention>& interventions)
{
    const ModelFixture& fixture = modelFixture(fixtureName);
    RunRequest request = fixture.request();
    request.interventions = interventions;
    return loadModel(Checkpoint::open(fixture.modelFolder))->run(request, {}, {});
}

class BlipInterventions : public testing::TestWithParam<InterventionCase>
{
protected:
    RunResult run() const { return runWith(GetParam().run, GetParam().interventions); }
    std::map<std::string, TensorView> expected() const
    {
        return SafetensorsFile::open(blipFixtureFolder() / "interventions" / (GetParam().name + ".safetensors"))
            .tensors;
    }
};

/// The reference: a checkpoint with the head's projection columns zero, and minus infinity added to hidden scores.
TEST_P(BlipInterventions, EveryStageEqualsTheReference)
{
    const RunResult result = run();
    std::map<std::string, FloatTensor> recorded = recordedTensors(result);
    if (result.scores)
        recorded["scores/itm_probabilities"] = {{2},
                                                {static_cast<float>(scoreOf(result, "no-match probability")),
                                                 static_cast<float>(scoreOf(result, "match probability"))}};
    const std::map<std::string, TensorView> expected = this->expected();
    std::size_t compared = 0;
    for (const std::string& key : GetParam().stages) {
        if (!recorded.contains(key)) {
            EXPECT_TRUE(key.starts_with("decode/") || key.starts_with("scores/")) << "not recorded: " << key;
            continue;
        }
        const TensorView& view = expected.at(key);
        ASSERT_LE(maxDifference(recorded.at(key), {view.shape, view.toFloats()}), kTolerance)
            << "the first stage that differs is " << key;
        ++compared;
    }
    EXPECT_GT(compared, 4u);
}

TEST_P(BlipInterventions, TheSameTokensAreGeneratedWhileDecoding)
{
    if (GetParam().generated.empty())
        return;
    const RunResult result = run();
    std::vector<std::int32_t> ids = result.axes.back().tokenIds;
    ids.push_back(result.generated.at(0).tokens.back().id);
    EXPECT_EQ(ids, GetParam().generated);
    EXPECT_LE(result.generated.at(0).replayMaxLogitDifference, kTolerance)
        << "the replay is another model than the search";
}

bool isHidden(const std::vector<Intervention>& interventions, const std::string& axis, std::int64_t key)
{
    return std::ranges::any_of(interventions, [&](const Intervention& intervention) {
        const auto* hide = std::get_if<HideKeys>(&intervention);
        return hide && hide->axis == axis && std::ranges::count(hide->positions, key) > 0;
    });
}

bool isAllowed(const MaskSymbols& mask, std::int64_t key)
{
    return mask.keyRanges.empty() || std::ranges::any_of(mask.keyRanges, [key](const auto& range) {
               return key >= range.first && key < range.second;
           });
}

TEST_P(BlipInterventions, HiddenKeysHaveNoWeightAnywhereAndTheMaskSaysSo)
{
    const RunResult result = run();
    for (const RecordedPass& pass : result.passes)
        for (const RecordedSite& site : pass.sites) {
            const std::int64_t keys = site.keys.shape[1];
            for (std::size_t i = 0; i < site.weights.values.size(); ++i) {
                const std::int64_t key = static_cast<std::int64_t>(i) % keys;
                if (!isHidden(GetParam().interventions, site.keyAxis, key))
                    continue;
                ASSERT_EQ(site.weights.values[i], 0.0f) << pass.id << "/" << site.name << " at key " << key;
                ASSERT_FALSE(isAllowed(site.mask, key)) << pass.id << "/" << site.name << " at key " << key;
            }
        }
}

INSTANTIATE_TEST_SUITE_P(Reference, BlipInterventions, testing::ValuesIn(interventionCases()),
                         [](const auto& info) { return info.param.name; });

/// Muted, a head still attends as it would: what it mixed is lost behind its weights.
TEST(BlipMutedHead, KeepsItsOwnWeights)
{
    const std::string vision = "vision_model.encoder.layers.0.self_attn";
    const RunResult plain = runWith("qa_wide", {});
    const RunResult muted = runWith("qa_wide", {MuteHead{vision, 2}});
    EXPECT_EQ(recordedTensors(plain).at("vision/" + vision).values,
              recordedTensors(muted).at("vision/" + vision).values);
}

TEST(BlipMutedHead, TwiceIsOnce)
{
    const RunResult once = runWith("qa_wide", {MuteHead{kTextCross, 2}});
    const RunResult twice = runWith("qa_wide", {MuteHead{kTextCross, 2}, MuteHead{kTextCross, 2}});
    EXPECT_EQ(recordedTensors(once).at("answer/text_decoder.cls").values,
              recordedTensors(twice).at("answer/text_decoder.cls").values);
}

/// A word that attention never reached changes nothing when it is hidden: padding.
TEST(BlipHiddenKey, OfPaddingChangesNoVisibleRow)
{
    const ModelFixture& fixture = modelFixture("retrieval_padded");
    const auto padding = static_cast<std::int64_t>(fixture.visible.size()) - 1;
    ASSERT_FALSE(fixture.visible.back());
    const RunResult plain = runWith("retrieval_padded", {});
    const RunResult hidden = runWith("retrieval_padded", {HideKeys{"text", {padding}}});
    for (const Score& score : plain.scores->values)
        EXPECT_EQ(score.value, scoreOf(hidden, score.name)) << score.name;
}

TEST(BlipScoredTokens, StandAmongTheAlternativesOfEveryToken)
{
    const ModelFixture& fixture = modelFixture("qa_wide");
    const std::unique_ptr<Model> model = loadModel(Checkpoint::open(fixture.modelFolder));
    RunRequest request = fixture.request();
    request.scoredTokens = {0, 40, 0, fixture.generated[1]};
    const RunResult result = model->run(request, {}, {});
    const FloatTensor& steps = fixture.expected.at("decode/logits"); // [generated tokens, vocabulary]
    const std::int64_t vocabulary = steps.shape[1];
    for (std::size_t i = 0; i < result.generated.at(0).tokens.size(); ++i) {
        const std::vector<TokenChoice>& alternatives = result.generated.at(0).tokens[i].alternatives;
        double sum = 0;
        for (std::int64_t id = 0; id < vocabulary; ++id)
            sum += std::exp(double{steps.values[i * vocabulary + id]});
        for (const std::int32_t id : request.scoredTokens) {
            ASSERT_EQ(std::ranges::count(alternatives, id, &TokenChoice::id), 1) << id;
            EXPECT_NEAR(std::ranges::find(alternatives, id, &TokenChoice::id)->logProbability,
                        steps.values[i * vocabulary + id] - std::log(sum), kTolerance);
        }
        EXPECT_TRUE(std::ranges::is_sorted(alternatives, std::greater{}, &TokenChoice::logProbability));
    }
    request.scoredTokens = {static_cast<std::int32_t>(vocabulary)};
    EXPECT_THROW(model->run(request, {}, {}), Error);
    EXPECT_THROW(model->plan(request), Error);
}

struct Refused
{
    const char* run;
    std::vector<Intervention> interventions;
    ErrorKind kind;
    const char* message;
};

std::vector<std::int64_t> positions(std::int64_t begin, std::int64_t end)
{
    std::vector<std::int64_t> result;
    for (std::int64_t i = begin; i < end; ++i)
        result.push_back(i);
    return result;
}

TEST(BlipInterventions, WhatCannotBeDoneIsRefused)
{
    const Refused cases[] = {
        {"qa_wide",
         {MuteHead{"text_encoder.encoder.layer.1.crosattention.self", 0}},
         ErrorKind::NotFound,
         "did you mean text_encoder.encoder.layer.1.crossattention.self"},
        {"qa_wide", {MuteHead{kTextCross, 4}}, ErrorKind::InvalidRequest, "has the heads 0 to 3; there is no head 4"},
        {"qa_wide", {MuteHead{kTextCross, -1}}, ErrorKind::InvalidRequest, "there is no head -1"},
        {"qa_wide", {HideKeys{"pictrue", {1}}}, ErrorKind::NotFound, "did you mean picture?"},
        {"qa_wide", {HideKeys{"picture", {17}}}, ErrorKind::InvalidRequest, "those from 0 to 16 can"},
        {"qa_wide", {HideKeys{"question", {-1}}}, ErrorKind::InvalidRequest, "Position -1"},
        {"qa_wide", {HideKeys{"picture", positions(0, 17)}}, ErrorKind::InvalidRequest, "All 17 positions"},
        {"qa_wide",
         {HideKeys{"question", positions(0, 5)}, HideKeys{"question", positions(4, 9)}},
         ErrorKind::InvalidRequest,
         "All 9 positions of \"question\" are hidden"},
        {"qa_wide", {HideKeys{"answer", {1}}}, ErrorKind::InvalidRequest, "it is generated"},
        {"caption_prompt", {HideKeys{"caption", {0}}}, ErrorKind::InvalidRequest, "those from 1 to 3 can"},
        {"caption_prompt", {HideKeys{"caption", {4}}}, ErrorKind::InvalidRequest, "those from 1 to 3 can"},
        {"retrieval_padded", {HideKeys{"text", positions(0, 10)}}, ErrorKind::InvalidRequest, "nothing to look at"},
    };
    for (const Refused& refused : cases) {
        SCOPED_TRACE(refused.message);
        const ModelFixture& fixture = modelFixture(refused.run);
        const std::unique_ptr<Model> model = loadModel(Checkpoint::open(fixture.modelFolder));
        RunRequest request = fixture.request();
        request.interventions = refused.interventions;
        for (const bool plans : {true, false}) {
            try {
                plans ? void(model->plan(request)) : void(model->run(request, {}, {}));
                ADD_FAILURE() << "accepted";
            } catch (const Error& error) {
                EXPECT_EQ(error.kind(), refused.kind) << error.what();
                EXPECT_THAT(error.what(), HasSubstr(refused.message));
            }
        }
    }
}

} // namespace
} // namespace heedmap::test
