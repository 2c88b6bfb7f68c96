#include "core/base/files.h"
#include "core/models/architectures.h"
#include "tests/models/blip_fixtures.h"

#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

/// The program's own tokenizer and picture pipeline in front of the model, from files alone.
class BlipFromFiles : public testing::TestWithParam<BlipFixture>
{
protected:
    BlipFromFiles()
        : checkpoint(Checkpoint::open(GetParam().modelFolder)), tokenizer(Tokenizer::open(GetParam().modelFolder)),
          model(loadModel(checkpoint))
    {}

    RunRequest request() const
    {
        RunRequest request;
        const std::vector<std::byte> file = readFile(GetParam().picture, kMaxImageBytes);
        request.pixels = ImagePreprocessor::fromConfig(checkpoint->preprocessorConfig())
                             .apply(decodeImage(file, GetParam().picture.filename()).upright);
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

TEST_P(BlipFromFiles, TextBecomesTheReferencesIds)
{
    std::vector<std::int32_t> expected = GetParam().ids;
    while (!expected.empty() && !GetParam().visible[expected.size() - 1])
        expected.pop_back(); // padding
    const RunRequest own = request();
    EXPECT_EQ(own.text ? own.text->ids : std::vector<std::int32_t>(), expected);
}

TEST_P(BlipFromFiles, PictureBecomesTheReferencesPixels)
{
    const FloatTensor& expected = GetParam().expected.at("inputs/pixel_values");
    const PixelValues pixels = request().pixels;
    const double oneLevel = 1.0 / 255 / 0.26; // the smallest standard deviation the processor divides by
    EXPECT_LE(maxDifference({{3, pixels.height, pixels.width}, pixels.values}, expected), oneLevel);
}

TEST_P(BlipFromFiles, OutputsAreTheReferences)
{
    const RunResult result = model->run(request(), {}, {});
    if (result.scores) {
        // Padding is invisible, so the unpadded text scores the same.
        EXPECT_NEAR(result.scores->matchProbability, GetParam().expected.at("scores/itm_probabilities").values[1],
                    1e-4);
        EXPECT_NEAR(result.scores->cosine, GetParam().expected.at("scores/itc").values[0], 1e-4);
        return;
    }
    std::vector<std::int32_t> ids = result.axes.back().tokenIds;
    ids.push_back(result.generated->tokens.back().id);
    EXPECT_EQ(tokenizer->decode(ids), GetParam().answer);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, BlipFromFiles, testing::ValuesIn(blipFixtures()),
                         [](const auto& info) { return info.param.name; });

} // namespace
} // namespace heedmap::test
