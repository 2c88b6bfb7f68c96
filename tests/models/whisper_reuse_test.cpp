#include "core/models/heard_states.h"
#include "tests/models/checkpoint_editor.h"
#include "tests/models/model_fixtures.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

/// Runs one loaded model and counts how often its encoder is computed: a pass that is reports every layer.
class WhisperReuse : public testing::Test
{
protected:
    std::unique_ptr<Model> m_model = CheckpointEditor(modelFixture("speech_detected").modelFolder).load();
    RunResult m_result;

    static RunRequest plainRequest()
    {
        RunRequest request = modelFixture("speech_detected").request();
        request.capture.stages = false;
        request.capture.wants = [](const PlannedSite& site) { return site.passId.starts_with("transcript"); };
        return request;
    }

    int encoderRuns(const RunRequest& request)
    {
        int runs = 0;
        m_result = m_model->run(request, {}, [&](const std::string& stage, int done, int total) {
            EXPECT_LE(done, total);
            runs += stage.starts_with("sound") && done == 1;
        });
        return runs;
    }
};

TEST_F(WhisperReuse, TheSameRecordingIsEncodedOnce)
{
    EXPECT_EQ(encoderRuns(plainRequest()), 1);
    const RunResult first = m_result;
    EXPECT_EQ(encoderRuns(plainRequest()), 0);
    ASSERT_EQ(m_result.passes.size(), first.passes.size());
    EXPECT_EQ(m_result.passes[0].id, "sound");
    EXPECT_EQ(m_result.passes[0].component, first.passes[0].component);
    EXPECT_EQ(m_result.axes[0].length, first.axes[0].length);
    ASSERT_EQ(m_result.passes[1].sites.size(), first.passes[1].sites.size());
    for (std::size_t i = 0; i < first.passes[1].sites.size(); ++i)
        EXPECT_TRUE(m_result.passes[1].sites[i].weights.values == first.passes[1].sites[i].weights.values)
            << "to the same bits";
}

TEST_F(WhisperReuse, PromptSearchAndCandidatesMayDiffer)
{
    encoderRuns(plainRequest());
    RunRequest request = plainRequest();
    request.speech = {"de", "translate", false};
    EXPECT_EQ(encoderRuns(request), 0);
    request.beams = 3;
    EXPECT_EQ(encoderRuns(request), 0);
    request.candidates = {{{1, 2}, {3}}, 2};
    EXPECT_EQ(encoderRuns(request), 0);
    request = plainRequest();
    request.interventions = {MuteHead{"model.decoder.layers.0.encoder_attn", 1}};
    EXPECT_EQ(encoderRuns(request), 0) << "which the encoder does not feel";
}

TEST_F(WhisperReuse, WhatLooksIntoTheEncoderComputesIt)
{
    encoderRuns(plainRequest());
    RunRequest request = plainRequest();
    request.capture.wants = [](const PlannedSite& site) { return site.name == "model.encoder.layers.1.self_attn"; };
    EXPECT_EQ(encoderRuns(request), 1);
    request.capture.wants = {};
    EXPECT_EQ(encoderRuns(request), 1);
    EXPECT_EQ(m_result.passes[0].sites.size(), 2u);
    request = plainRequest();
    request.capture.stages = true;
    EXPECT_EQ(encoderRuns(request), 1);
    request = plainRequest();
    request.gradients.emplace().target = "transcript";
    EXPECT_EQ(encoderRuns(request), 1);
    request = plainRequest();
    request.capture.sites = false;
    EXPECT_EQ(encoderRuns(request), 0);
}

TEST_F(WhisperReuse, InterventionsOnTheSoundAreComputedAndLeaveNothing)
{
    for (const Intervention& intervention :
         {Intervention(MuteHead{"model.encoder.layers.0.self_attn", 1}), Intervention(HideKeys{"sound", {3, 4}})}) {
        m_model = CheckpointEditor(modelFixture("speech_detected").modelFolder).load();
        RunRequest request = plainRequest();
        request.interventions = {intervention};
        EXPECT_EQ(encoderRuns(request), 1);
        const RunResult changed = m_result;
        EXPECT_EQ(encoderRuns(plainRequest()), 1) << "the model as it is was not heard yet";
        EXPECT_FALSE(m_result.passes[1].sites[1].weights.values == changed.passes[1].sites[1].weights.values);
        EXPECT_EQ(encoderRuns(request), 1);
        EXPECT_TRUE(m_result.passes[1].sites[1].weights.values == changed.passes[1].sites[1].weights.values);
    }
}

TEST_F(WhisperReuse, AnotherRecordingIsAnother)
{
    encoderRuns(plainRequest());
    RunRequest request = plainRequest();
    request.sound->values[100] += 0.001f;
    EXPECT_EQ(encoderRuns(request), 1) << "one number of the features is another";
    EXPECT_EQ(encoderRuns(plainRequest()), 0) << "and the first is not forgotten";
}

TEST_F(WhisperReuse, SkippedSitesAreTold)
{
    std::vector<std::string> skipped;
    RunRequest request = plainRequest();
    request.capture.skipped = [&](const PlannedSite& site) { skipped.push_back(site.passId + "/" + site.name); };
    encoderRuns(request);
    EXPECT_TRUE(skipped.empty());
    encoderRuns(request);
    EXPECT_EQ(skipped, (std::vector<std::string>{"sound/model.encoder.layers.0.self_attn",
                                                 "sound/model.encoder.layers.1.self_attn"}));
}

TEST_F(WhisperReuse, EveryWindowOfALongRecordingIsKnownAgain)
{
    RunRequest request = plainRequest();
    request.sound =
        soundOf(whisperFixtureFolder() / "recordings" / "long.wav", modelFixture("speech_detected").modelFolder);
    EXPECT_GT(encoderRuns(request), 1);
    EXPECT_EQ(encoderRuns(request), 0);
}

TEST(HeardStates, KeepsWhatWasUsedLastWithinItsBounds)
{
    HeardStates heard;
    const auto features = [](double value) { return at::full({80, 3000}, value); };
    const at::Tensor states = at::zeros({1500, 1280}); // 7.7 MB, and 0.96 MB of features
    for (int window = 0; window < 7; ++window)
        heard.keep(features(window), states + window);
    EXPECT_TRUE(at::equal(heard.find(features(0)), states)); // used last now
    heard.keep(features(7), states + 7);
    EXPECT_FALSE(heard.find(features(1)).defined()) << "of 8 × 8.6 MB the one not used longest is gone";
    EXPECT_TRUE(heard.find(features(0)).defined());
    EXPECT_TRUE(at::equal(heard.find(features(7)), states + 7));
    EXPECT_FALSE(heard.find(at::zeros({80, 2999})).defined());
    heard.keep(at::ones({1}), at::zeros({1 << 24}));
    EXPECT_TRUE(heard.find(features(7)).defined()) << "a window too large is not kept, and drives none away";
    EXPECT_FALSE(heard.find(at::ones({1})).defined());
}

} // namespace
} // namespace heedmap::test
