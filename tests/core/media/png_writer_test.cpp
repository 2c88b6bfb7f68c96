#include "core/media/png_writer.h"
#include "tests/core/base/expect_error.h"

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

TEST(PngWriter, WhatIsNoPictureIsRefused)
{
    const std::vector<std::uint8_t> six(6);
    for (const Image& image : {Image{}, Image{0, 5, {}}, Image{-1, -2, six}, Image{1, 3, six}, Image{1, 1, six}})
        expectError(ErrorKind::InvalidRequest, {"no picture"}, [&] { pngFromImage(image); });
}

} // namespace
} // namespace heedmap
