#include "core/media/png_writer.h"

#include <gtest/gtest.h>

namespace heedmap {
namespace {

TEST(PngWriter, PixelsComeBackAsTheyWere)
{
    Image image{3, 2, {}};
    for (int i = 0; i < 18; ++i)
        image.rgb.push_back(static_cast<std::uint8_t>(i * 13));
    const std::vector<std::byte> file = pngFromImage(image);
    const DecodedImage decoded = decodeImage(file, "made.png");
    EXPECT_EQ(decoded.header.mediaType, "image/png");
    EXPECT_EQ(decoded.upright.width, 3);
    EXPECT_EQ(decoded.upright.rgb, image.rgb);
    EXPECT_EQ(file, pngFromImage(image));
}

} // namespace
} // namespace heedmap
