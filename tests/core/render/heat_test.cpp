#include "core/base/error.h"
#include "core/render/heat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace heedmap;
using testing::ElementsAre;

namespace {

/// Grey levels 0 … 255 for probabilities 0 … 1.
HeatStyle plainStyle()
{
    HeatStyle style;
    style.colorMap = &colorMapByName("grey");
    style.scale = {false, ValueCurve::Linear, 1, 0, 1};
    style.opacity = 1;
    return style;
}

std::vector<int> channel(const RgbaImage& image, int offset)
{
    std::vector<int> values;
    for (std::size_t i = static_cast<std::size_t>(offset); i < image.rgba.size(); i += 4)
        values.push_back(image.rgba[i]);
    return values;
}

TEST(Heat, ExactPatchesAreOnePixelEach)
{
    const std::vector<float> values = {0, 0.2f, 0.4f, 0.6f, 0.8f, 1};
    const RgbaImage image = renderHeat(values, 2, 3, plainStyle());
    EXPECT_EQ(image.width, 3);
    EXPECT_EQ(image.height, 2);
    EXPECT_THAT(channel(image, 0), ElementsAre(0, 51, 102, 153, 204, 255));
    EXPECT_EQ(channel(image, 1), channel(image, 0));
    EXPECT_EQ(channel(image, 3), channel(image, 0)); // opacity follows the value: nothing attended, nothing drawn
}

TEST(Heat, OpacityIsThatOfTheStrongestOrOfAll)
{
    const std::vector<float> values = {0, 0.5f, 1};
    HeatStyle style = plainStyle();
    style.opacity = 0.8;
    EXPECT_THAT(channel(renderHeat(values, 1, 3, style), 3), ElementsAre(0, 102, 204));
    style.opacityFollowsValue = false;
    EXPECT_THAT(channel(renderHeat(values, 1, 3, style), 3), ElementsAre(204, 204, 204));
    style.opacity = 7;
    EXPECT_THAT(channel(renderHeat(values, 1, 3, style), 3), ElementsAre(255, 255, 255));
}

TEST(Heat, OpacityIsProportionalToTheWeightOnALogarithmicScale)
{
    HeatStyle style = plainStyle();
    style.scale = {true, ValueCurve::Logarithmic, 10, 8.0 / 256, 8}; // ten keys: a weight of 0.1 is 1× uniform
    const std::vector<float> values = {0, 0.1f, 0.4f, 0.8f, 1, std::nanf("")};
    const RgbaImage image = renderHeat(values, 1, 6, style);
    EXPECT_THAT(channel(image, 3), ElementsAre(0, 32, 128, 255, 255, 0)); // 1/8, 4/8, 8/8 of 255
    EXPECT_GT(channel(image, 0)[1], 128);                                 // while the colour is well up the bar
}

TEST(Heat, InterpolatesValuesBetweenPatchCentres)
{
    HeatStyle style = plainStyle();
    style.samplesPerPatch = 2; // pixel centres at ¼ and ¾ of a patch
    const RgbaImage image = renderHeat(std::vector<float>{0, 0.8f}, 1, 2, style);
    EXPECT_EQ(image.width, 4);
    EXPECT_EQ(image.height, 2);
    EXPECT_THAT(channel(image, 0), ElementsAre(0, 51, 153, 204, 0, 51, 153, 204));
}

TEST(Heat, InterpolatesBothWays)
{
    HeatStyle style = plainStyle();
    style.samplesPerPatch = 3; // pixel centres at ⅙, ½ and ⅚: the middle one is the patch's own value
    const RgbaImage image = renderHeat(std::vector<float>{0, 0.6f, 0.6f, 0}, 2, 2, style);
    const std::vector<int> grey = channel(image, 0);
    EXPECT_EQ(grey[1 * 6 + 1], 0);
    EXPECT_EQ(grey[1 * 6 + 4], 153);
    EXPECT_EQ(grey[4 * 6 + 1], 153);
    EXPECT_EQ(grey[2 * 6 + 1], 51);
    EXPECT_EQ(grey[2 * 6 + 2], 68); // 0.6 · (⅔ · ⅓ + ⅓ · ⅔)
}

TEST(Heat, InterpolatesValuesNotColours)
{
    HeatStyle style = plainStyle();
    style.colorMap = &colorMapByName("viridis");
    style.samplesPerPatch = 2;
    const RgbaImage image = renderHeat(std::vector<float>{0, 1}, 1, 2, style);
    const Rgb quarter = style.colorMap->at(0.25);
    EXPECT_THAT(std::vector<int>(image.rgba.begin() + 4, image.rgba.begin() + 7),
                ElementsAre(quarter.r, quarter.g, quarter.b));
}

TEST(Heat, AValueThatIsNoNumberStaysUndrawn)
{
    const RgbaImage image =
        renderHeat(std::vector<float>{std::numeric_limits<float>::quiet_NaN(), 1}, 1, 2, plainStyle());
    EXPECT_THAT(channel(image, 3), ElementsAre(0, 255));
}

TEST(Heat, WithoutAColourMapItUsesTheFirst)
{
    HeatStyle style = plainStyle();
    style.colorMap = nullptr;
    const Rgb last = colorMaps().front().colors[255];
    const RgbaImage image = renderHeat(std::vector<float>{1}, 1, 1, style);
    EXPECT_THAT(image.rgba, ElementsAre(last.r, last.g, last.b, 255));
}

TEST(Heat, RefusesImpossibleSizes)
{
    const std::vector<float> values(6);
    HeatStyle style = plainStyle();
    EXPECT_THROW(renderHeat(values, 2, 2, style), Error);
    EXPECT_THROW(renderHeat(values, 0, 0, style), Error);
    EXPECT_THROW(renderHeat(values, -2, -3, style), Error);
    EXPECT_THROW(renderHeat(values, 2'000'000'000, 2'000'000'000, style), Error);
    for (int samples : {0, -1, 100'000, 2'000'000'000}) {
        style.samplesPerPatch = samples;
        EXPECT_THROW(renderHeat(values, 2, 3, style), Error);
    }
}

} // namespace
