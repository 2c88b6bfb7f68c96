#include "core/base/files.h"
#include "core/models/architectures.h"
#include "tests/models/model_fixtures.h"

#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

/// The program's own tokenizer and picture pipeline in front of the model, from files alone.
class ModelFromFiles : public testing::TestWithParam<ModelFixture>
{
protected:
    ModelFromFiles() : checkpoint(Checkpoint::open(GetParam().modelFolder)), model(loadModel(checkpoint))
    {
        if (model->facts().needsTokenizer())
            tokenizer = Tokenizer::open(GetParam().modelFolder);
    }

    RunRequest request() const
    {
        RunRequest request;
        if (GetParam().hasPicture()) {
            const std::vector<std::byte> file = readFile(GetParam().picture, kMaxImageBytes);
            request.pixels =
                ImagePreprocessor::fromConfig(checkpoint->preprocessorConfig(), model->facts().imageProcessor)
                    .apply(decodeImage(file, GetParam().picture.filename()).upright);
        }
        if (!GetParam().recording.empty())
            request.sound = soundOf(GetParam().recording, GetParam().modelFolder);
        request.speech = GetParam().speech;
        request.beams = GetParam().beams;
        EncodeOptions options;
        options.maxLength = static_cast<std::size_t>(model->facts().maxTextTokens);
        if (GetParam().hasText)
            request.text = tokenizer->encode(GetParam().text, options);
        request.maxNewTokens = GetParam().maxNewTokens;
        return request;
    }

    std::shared_ptr<const Checkpoint> checkpoint;
    std::shared_ptr<const Tokenizer> tokenizer;
    std::unique_ptr<Model> model;
};

TEST_P(ModelFromFiles, TextBecomesTheReferencesIds)
{
    std::vector<std::int32_t> expected = GetParam().ids;
    while (!expected.empty() && !GetParam().visible[expected.size() - 1])
        expected.pop_back(); // padding
    const RunRequest own = request();
    EXPECT_EQ(own.text ? own.text->ids : std::vector<std::int32_t>(), expected);
}

TEST_P(ModelFromFiles, PictureBecomesTheReferencesPixels)
{
    if (!GetParam().hasPicture())
        return;
    const FloatTensor& expected = GetParam().expected.at("inputs/pixel_values");
    const PixelValues pixels = *request().pixels;
    const double oneLevel = 1.0 / 255 / 0.26; // the smallest standard deviation the processor divides by
    EXPECT_LE(maxDifference({{3, pixels.height, pixels.width}, pixels.values}, expected), oneLevel);
}

TEST_P(ModelFromFiles, RecordingBecomesTheReferencesFeatures)
{
    if (GetParam().recording.empty())
        return;
    const MelFeatures sound = *request().sound;
    EXPECT_LE(
        maxDifference({{sound.bins, sound.frames}, sound.values}, GetParam().expected.at("inputs/input_features")),
        1e-4);
}

TEST_P(ModelFromFiles, OutputsAreTheReferences)
{
    const RunResult result = model->run(request(), {}, {});
    for (const auto& [name, value] : GetParam().scores) // padding is invisible, so the unpadded text scores the same
        EXPECT_NEAR(scoreOf(result, name), value, 1e-4) << name;
    if (GetParam().generated.empty())
        return;
    EXPECT_EQ(sequenceOf(result), GetParam().generated);
    EXPECT_EQ(tokenizer->decode(sequenceOf(result)), GetParam().answer);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, ModelFromFiles, testing::ValuesIn(modelFixtures()),
                         [](const auto& info) { return info.param.name; });

} // namespace
} // namespace heedmap::test
