#include "tests/models/checkpoint_editor.h"
#include "tests/models/model_fixtures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace heedmap::test {
namespace {

const std::string kCross = "model.decoder.layers.0.encoder_attn";

/// Zeros in the head's columns of the output projection, [outputs, heads × headDim].
void cutOut(CheckpointEditor& editor, const std::string& projection, int head, int headDim)
{
    CheckpointEditor::Tensor& tensor = editor.tensors.at(projection);
    const auto columns = static_cast<int>(tensor.shape.at(1));
    auto* values = reinterpret_cast<float*>(tensor.bytes.data());
    for (std::int64_t row = 0; row < tensor.shape.at(0); ++row)
        std::fill_n(values + row * columns + head * headDim, headDim, 0.0f);
}

TEST(WhisperInterventions, AMutedHeadIsOneWhoseColumnsAreZero)
{
    const ModelFixture& fixture = modelFixture("speech_times");
    RunRequest request = fixture.request();
    CheckpointEditor cut(fixture.modelFolder);
    cutOut(cut, kCross + ".out_proj.weight", 2, 6);
    const RunResult expected = cut.load()->run(request, {}, {});
    request.interventions = {MuteHead{kCross, 2}};
    const RunResult muted = CheckpointEditor(fixture.modelFolder).load()->run(request, {}, {});
    EXPECT_EQ(sequenceOf(muted), sequenceOf(expected));
    const std::map<std::string, FloatTensor> tensors = recordedTensors(expected);
    for (const auto& [key, values] : recordedTensors(muted))
        EXPECT_LE(maxDifference(values, tensors.at(key)), 1e-6) << key;
}

TEST(WhisperInterventions, HiddenSoundIsHeardNowhere)
{
    const ModelFixture& fixture = modelFixture("speech_detected");
    RunRequest request = fixture.request();
    request.interventions = {HideKeys{"sound", {3, 4, 11}}};
    const RunResult result = CheckpointEditor(fixture.modelFolder).load()->run(request, {}, {});
    for (const RecordedPass& pass : result.passes)
        for (const RecordedSite& site : pass.sites) {
            if (site.keyAxis != "sound")
                continue;
            const std::int64_t keys = site.weights.shape[2];
            for (std::size_t row = 0; row < site.weights.values.size() / static_cast<std::size_t>(keys); ++row)
                for (const std::int64_t key : {3, 4, 11})
                    ASSERT_EQ(site.weights.values[row * static_cast<std::size_t>(keys) + static_cast<std::size_t>(key)],
                              0.0f)
                        << site.name;
        }
    EXPECT_LE(result.generated.at(0).replayMaxLogitDifference, 1e-5) << "decoding heard them";
}

TEST(WhisperInterventions, AHiddenPromptTokenIsSeenByNobody)
{
    const ModelFixture& fixture = modelFixture("speech_detected"); // a language is found first, from one token alone
    RunRequest request = fixture.request();
    request.interventions = {HideKeys{"transcript", {1}}};
    const RunResult result = CheckpointEditor(fixture.modelFolder).load()->run(request, {}, {});
    for (const RecordedPass& pass : result.passes)
        for (const RecordedSite& site : pass.sites) {
            if (site.keyAxis != "transcript")
                continue;
            const auto keys = static_cast<std::size_t>(site.weights.shape[2]);
            for (std::size_t i = 1; i < site.weights.values.size(); i += keys)
                ASSERT_EQ(site.weights.values[i], 0.0f) << site.name;
        }
    EXPECT_LE(result.generated.at(0).replayMaxLogitDifference, 1e-5) << "decoding saw it";
}

/// ∂ logit / ∂ what a head mixed: nothing after the predicting row took part, and it did.
TEST(WhisperGradients, ReachEveryModuleAndNoLaterRow)
{
    const ModelFixture& fixture = modelFixture("speech_detected");
    RunRequest request = fixture.request();
    request.gradients = GradientRequest{"transcript", 0, {}};
    const RunResult result = CheckpointEditor(fixture.modelFolder).load()->run(request, {}, {});
    const std::int64_t predicting = result.generated.at(0).tokens.at(0).predictingRow;
    for (const RecordedPass& pass : result.passes)
        for (const RecordedSite& site : pass.sites) {
            const FloatTensor& gradients = site.outputGradients; // [heads, queries, headDim]
            ASSERT_EQ(gradients.shape, site.queries.shape) << site.name;
            double before = 0;
            double after = 0;
            for (std::size_t i = 0; i < gradients.values.size(); ++i) {
                ASSERT_TRUE(std::isfinite(gradients.values[i])) << site.name;
                const auto row = static_cast<std::int64_t>(i) / site.headDim % gradients.shape[1];
                (pass.id == "transcript" && row > predicting ? after : before) += std::abs(gradients.values[i]);
            }
            EXPECT_GT(before, 0) << site.name;
            EXPECT_EQ(after, 0) << site.name;
        }
}

} // namespace
} // namespace heedmap::test
