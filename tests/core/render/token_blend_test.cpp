#include "core/render/token_blend.h"
#include "core/render/token_colors.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace heedmap {
namespace {

using testing::ElementsAre;

constexpr Rgb kRed{255, 0, 0};
constexpr Rgb kBlue{0, 0, 255};

HeatStyle linearStyle(double opacity = 1)
{
    HeatStyle style;
    style.scale.timesUniform = false;
    style.scale.curve = ValueCurve::Linear;
    style.scale.low = 0;
    style.scale.high = 0.5;
    style.opacity = opacity;
    return style;
}

/// Two patches; the literals follow from alpha = 1 − Π(1 − a) and colour = Σ a c / Σ a by hand.
TEST(TokenBlend, MixesColoursByOpacity)
{
    const std::vector<float> red{0.25f, 0.5f};   // a = 0.5, 1
    const std::vector<float> blue{0.125f, 0.0f}; // a = 0.25, 0
    const RgbaImage image = renderTokenBlend(std::vector<TokenHeat>{{red, kRed}, {blue, kBlue}}, 1, 2, linearStyle());
    EXPECT_THAT(image.rgba, ElementsAre(170, 0, 85, 159, 255, 0, 0, 255)); // 2/3, 1/3; 1 − 0.5 · 0.75
}

TEST(TokenBlend, DoesNotDependOnTheOrder)
{
    const std::vector<float> a{0.1f, 0.3f, 0.02f};
    const std::vector<float> b{0.4f, 0.05f, 0.2f};
    const std::vector<float> c{0.2f, 0.2f, 0.9f};
    const HeatStyle style = linearStyle(0.8);
    const Rgb green{0, 200, 50};
    const auto one = renderTokenBlend(std::vector<TokenHeat>{{a, kRed}, {b, kBlue}, {c, green}}, 3, 1, style);
    const auto other = renderTokenBlend(std::vector<TokenHeat>{{c, green}, {a, kRed}, {b, kBlue}}, 3, 1, style);
    EXPECT_EQ(one.rgba, other.rgba);
}

TEST(TokenBlend, OneTokenIsItsColourAtItsOpacityAlsoOnALogarithmicScale)
{
    const std::vector<float> values{0.125f, 0, std::nanf(""), 7};
    HeatStyle style = linearStyle(0.8);
    style.scale.curve = ValueCurve::Logarithmic;
    style.scale.low = 0.01;
    const RgbaImage image = renderTokenBlend(std::vector<TokenHeat>{{values, kBlue}}, 2, 2, style);
    EXPECT_THAT(image.rgba, ElementsAre(0, 0, 255, 51, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 204));
}

TEST(TokenColors, StayWhileOthersComeAndGo)
{
    EXPECT_THAT(tokenColorIndices(std::vector<std::int64_t>{2, 12}), ElementsAre(2u, 4u));
    EXPECT_THAT(tokenColorIndices(std::vector<std::int64_t>{12}), ElementsAre(4u));
    EXPECT_THAT(tokenColorIndices(std::vector<std::int64_t>{2, 10, 18}), ElementsAre(2u, 3u, 4u)); // the next free
    EXPECT_THAT(tokenColorIndices(std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8}),
                ElementsAre(0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u)); // no more than there are
}

struct Lab
{
    double l, a, b;
};

std::array<double, 3> linear(const Rgb& color)
{
    std::array<double, 3> result{};
    const std::uint8_t bytes[] = {color.r, color.g, color.b};
    for (std::size_t i = 0; i < 3; ++i) {
        const double value = bytes[i] / 255.0;
        result[i] = value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    }
    return result;
}

using Matrix = std::array<std::array<double, 3>, 3>;

std::array<double, 3> times(const Matrix& matrix, const std::array<double, 3>& vector)
{
    std::array<double, 3> result{};
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j)
            result[i] += matrix[i][j] * vector[j];
    return result;
}

/// CIE L*a*b*, D65, of linear sRGB.
Lab labOf(std::array<double, 3> rgb)
{
    for (double& value : rgb)
        value = std::clamp(value, 0.0, 1.0);
    auto xyz = times({{{0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722}, {0.0193, 0.1192, 0.9505}}}, rgb);
    const double white[] = {0.9505, 1, 1.089};
    for (std::size_t i = 0; i < 3; ++i) {
        const double value = xyz[i] / white[i];
        xyz[i] = value > 0.008856 ? std::cbrt(value) : 7.787 * value + 16.0 / 116;
    }
    return {116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])};
}

/// Machado, Oliveira and Fernandes 2009, severity 1.
const Matrix kVisions[] = {
    {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
    {{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
    {{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
    {{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}},
};

TEST(TokenColors, EveryPairIsToldApartByEverybody)
{
    for (const Matrix& vision : kVisions)
        for (std::size_t i = 0; i < kTokenColors.size(); ++i)
            for (std::size_t j = 0; j < i; ++j) {
                const Lab a = labOf(times(vision, linear(kTokenColors[i])));
                const Lab b = labOf(times(vision, linear(kTokenColors[j])));
                EXPECT_GE(std::hypot(a.l - b.l, a.a - b.a, a.b - b.b), 24) << i << ' ' << j;
            }
}

} // namespace
} // namespace heedmap
