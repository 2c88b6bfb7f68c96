#include "core/render/diverging_color.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace heedmap {
namespace {

/// L* of a colour of sRGB: IEC 61966-2-1 and CIE 15.
double lightness(const Rgb& color)
{
    const auto linear = [](std::uint8_t channel) {
        const double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    const double y = 0.2126729 * linear(color.r) + 0.7151522 * linear(color.g) + 0.0721750 * linear(color.b);
    return 116 * std::cbrt(y) - 16;
}

TEST(DivergingColor, BothSidesAreEquallyLightAndFallEvenly)
{
    for (double size = 0; size <= 1; size += 0.01) {
        EXPECT_NEAR(lightness(divergingColor(size)), 97 - 55 * size, 0.7) << size;
        EXPECT_NEAR(lightness(divergingColor(-size)), 97 - 55 * size, 0.7) << size;
    }
}

TEST(DivergingColor, RedIsMoreAndBlueIsLess)
{
    const Rgb more = divergingColor(1);
    const Rgb less = divergingColor(-1);
    EXPECT_GT(more.r, more.b + 100);
    EXPECT_GT(less.b, less.r + 100);
    EXPECT_EQ(divergingColor(3), more);
    EXPECT_EQ(divergingColor(-3), less);
    EXPECT_EQ(divergingColor(std::numeric_limits<double>::quiet_NaN()), divergingColor(0));
    const Rgb none = divergingColor(0);
    EXPECT_LE(std::max({none.r, none.g, none.b}) - std::min({none.r, none.g, none.b}), 1) << "white has no hue";
}

} // namespace
} // namespace heedmap
