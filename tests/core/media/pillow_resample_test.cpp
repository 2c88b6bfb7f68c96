#include "core/base/error.h"
#include "core/media/pillow_resample.h"
#include "tests/core/media/media_fixtures.h"

#include <gtest/gtest.h>

namespace heedmap {
namespace {

/// All six filters, up and down, extreme aspect ratios, single pixels. The requirement is one level; measured: equal.
TEST(PillowResample, EqualsPillowBitForBit)
{
    for (const Json& expected : mediaManifest()["resize"]) {
        SCOPED_TRACE(expected.dump());
        const Image source = formulaPicture(expected["from"][0], expected["from"][1]);
        const Image resized =
            resizeAsPillow(source, expected["to"][0], expected["to"][1], expected["filter"].get<ResampleFilter>());
        const auto pixels = expectedValues<std::uint8_t>("resize.bin", expected["offset"], resized.rgb.size());
        EXPECT_EQ(largestDifference(resized.rgb, pixels), 0);
    }
}

TEST(PillowResample, FlatPicturesStayFlatWithEveryFilter)
{
    Image white;
    white.width = 313;
    white.height = 97;
    white.rgb.assign(std::size_t{313} * 97 * 3, 255);
    for (int filter = 0; filter <= 5; ++filter) {
        const Image resized = resizeAsPillow(white, 50, 211, static_cast<ResampleFilter>(filter));
        EXPECT_EQ(std::count(resized.rgb.begin(), resized.rgb.end(), 255), 50 * 211 * 3) << filter;
    }
}

TEST(PillowResample, ImpossibleSizesAreRefused)
{
    const Image picture = formulaPicture(4, 4);
    EXPECT_THROW(resizeAsPillow(picture, 0, 4, ResampleFilter::Bicubic), Error);
    EXPECT_THROW(resizeAsPillow(picture, 4, -1, ResampleFilter::Nearest), Error);
    EXPECT_THROW(resizeAsPillow(Image{}, 4, 4, ResampleFilter::Box), Error);
    EXPECT_THROW(resizeAsPillow(picture, 2'000'000'000, 2'000'000'000, ResampleFilter::Bicubic), Error);
}

} // namespace
} // namespace heedmap
