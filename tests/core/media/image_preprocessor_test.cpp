#include "core/base/error.h"
#include "core/media/image_preprocessor.h"
#include "tests/core/media/media_fixtures.h"

#include <gtest/gtest.h>

#include <cmath>

namespace heedmap {
namespace {

std::span<const std::byte> bytesOf(const std::vector<float>& values)
{
    return std::as_bytes(std::span(values));
}

/// Chains of six classes with their defaults and settings, against transformers' slow processors: bit for bit.
TEST(ImagePreprocessor, PixelValuesAreThoseOfTheReference)
{
    for (const Json& expected : mediaManifest()["preprocess"]) {
        SCOPED_TRACE(expected["config"].dump() + expected["from"].dump());
        const ImagePreprocessor preprocessor = ImagePreprocessor::fromConfig(expected["config"]);
        const PixelValues pixels = preprocessor.apply(formulaPicture(expected["from"][0], expected["from"][1]));
        ASSERT_EQ(pixels.width, expected["width"]);
        ASSERT_EQ(pixels.height, expected["height"]);
        if (expected.contains("offset")) {
            const auto values = expectedValues<float>("preprocess.bin", expected["offset"], pixels.values.size());
            float largest = 0;
            for (std::size_t i = 0; i < values.size(); ++i)
                largest = std::max(largest, std::abs(values[i] - pixels.values[i]));
            EXPECT_EQ(largest, 0.0f);
        }
        EXPECT_EQ(sha256Hex(bytesOf(pixels.values)), expected["sha256"]);
        if (preprocessor.width() != 0) {
            EXPECT_EQ(preprocessor.width(), pixels.width);
            EXPECT_EQ(preprocessor.height(), pixels.height);
        }
    }
}

TEST(ImagePreprocessor, ASizeThatDependsOnThePictureIsZero)
{
    const auto config = [](const char* text) { return ImagePreprocessor::fromConfig(parseJson(text, "test")); };
    EXPECT_EQ(config(R"({"image_processor_type": "BlipImageProcessor", "do_resize": false})").width(), 0);
    EXPECT_EQ(config(R"({"image_processor_type": "CLIPImageProcessor", "do_center_crop": false})").height(), 0);
    EXPECT_EQ(config(R"({"image_processor_type": "CLIPImageProcessor", "do_resize": false})").height(), 224);
}

TEST(ImagePreprocessor, PictureEdgesMapOntoInputEdges)
{
    const auto preprocessor = ImagePreprocessor::fromConfig(Json{{"size", 32}}, "BlipImageProcessor");
    const PixelValues pixels = preprocessor.apply(formulaPicture(90, 40));
    const PointF corner = pixels.pictureFromPixels.map({32, 32});
    EXPECT_DOUBLE_EQ(corner.x, 90);
    EXPECT_DOUBLE_EQ(corner.y, 40);
    const PatchGrid grid = pixels.patchGrid(8);
    EXPECT_EQ(grid.rows, 4);
    EXPECT_EQ(grid.columns, 4);
    const RectF last = grid.pictureRectFromPatch(15);
    EXPECT_DOUBLE_EQ(last.x + last.width, 90);
    EXPECT_DOUBLE_EQ(last.y + last.height, 40);
    EXPECT_THROW(pixels.patchGrid(0), Error);
    EXPECT_THROW(pixels.patchGrid(33), Error);
    EXPECT_EQ(pixels.patchGrid(12).patchCount(), 4); // a remainder is not covered
}

TEST(ImagePreprocessor, ExtremeShapesWorkOrAreRefusedClearly)
{
    const auto blip = ImagePreprocessor::fromConfig(Json{{"size", 16}}, "BlipImageProcessor");
    Image strip;
    strip.width = kMaxImageSide;
    strip.height = 1;
    strip.rgb.resize(std::size_t{3} * kMaxImageSide);
    EXPECT_EQ(blip.apply(strip).values.size(), 3u * 16 * 16);
    EXPECT_THROW(blip.apply(Image{}), Error);
    const auto clip = ImagePreprocessor::fromConfig(Json::object(), "CLIPImageProcessor");
    try {
        clip.apply(strip); // 224 × 7 340 032 before the crop
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::TooLarge);
    }
}

} // namespace
} // namespace heedmap
