#include "core/base/error.h"
#include "core/media/image.h"
#include "tests/core/media/media_fixtures.h"

#include <gtest/gtest.h>

namespace heedmap {
namespace {

/// Every PNG colour type and depth, interlaced or not, JPEG and WebP forms and all orientations, against Pillow's
/// pixels. Measured with Debian's libjpeg-turbo 2.1 and libwebp 1.2: equal, except CMYK, one level apart.
TEST(ImageDecode, PixelsAreThoseOfPillow)
{
    for (const Json& expected : mediaManifest()["decode"]) {
        const auto name = expected["file"].get<std::string>();
        SCOPED_TRACE(name);
        const DecodedImage decoded = decodeImage(readFixture(name), name);
        ASSERT_EQ(decoded.upright.width, expected["width"]);
        ASSERT_EQ(decoded.upright.height, expected["height"]);
        const auto pixels = expectedValues<std::uint8_t>("decode.bin", expected["offset"], decoded.upright.rgb.size());
        EXPECT_LE(largestDifference(decoded.upright.rgb, pixels), expected["tolerance"].get<int>());
    }
}

TEST(ImageDecode, HeadersSayWhatIsStored)
{
    for (const Json& expected : mediaManifest()["decode"]) {
        const auto name = expected["file"].get<std::string>();
        SCOPED_TRACE(name);
        const ImageHeader header = readImageHeader(readFixture(name), name);
        const bool turned = expected["orientation"] >= 5;
        EXPECT_EQ(header.orientation, expected["orientation"]);
        EXPECT_EQ(header.storedWidth, expected[turned ? "height" : "width"]);
        EXPECT_EQ(header.storedHeight, expected[turned ? "width" : "height"]);
        EXPECT_EQ(header.hasAlpha, expected["alpha"]);
        const std::string ending = name.substr(name.rfind('.') + 1);
        EXPECT_EQ(header.mediaType, ending == "jpg" ? "image/jpeg" : "image/" + ending);
    }
}

TEST(ImageDecode, ContentNotTheNameDecides)
{
    EXPECT_EQ(readImageHeader(readFixture("rgb8.png"), "photo.jpg").mediaType, "image/png");
}

TEST(ImageDecode, OtherFormatsAreRefusedByName)
{
    for (const std::string& content : {std::string("GIF89a\x01\0\x01\0", 10), std::string("BM\x46\0\0\0", 6),
                                       std::string("II*\0\x08\0\0\0", 8), std::string("P6 1 1 255\nabc"),
                                       std::string("<VRTDataset></VRTDataset>"), std::string(), std::string("\x89P")}) {
        try {
            decodeImage(asBytes(content), "some.png");
            FAIL() << "accepted: " << content;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::Unsupported);
            EXPECT_NE(std::string(error.what()).find("PNG, JPEG or WebP"), std::string::npos) << error.what();
        }
    }
}

} // namespace
} // namespace heedmap
