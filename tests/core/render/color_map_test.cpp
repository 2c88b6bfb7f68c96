#include "core/base/error.h"
#include "core/render/color_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

using namespace heedmap;

namespace {

TEST(ColorMap, TablesAreMatplotlibs)
{
    // matplotlib.colors.to_hex(matplotlib.colormaps[name](i)), version 3.11.2
    const struct
    {
        const char* name;
        int index;
        Rgb color;
    } samples[] = {
        {"viridis", 0, {0x44, 0x01, 0x54}},   {"viridis", 1, {0x44, 0x02, 0x56}},
        {"viridis", 64, {0x3b, 0x52, 0x8b}},  {"viridis", 128, {0x21, 0x91, 0x8c}},
        {"viridis", 200, {0x70, 0xcf, 0x57}}, {"viridis", 255, {0xfd, 0xe7, 0x25}},
        {"cividis", 0, {0x00, 0x22, 0x4e}},   {"cividis", 128, {0x7d, 0x7c, 0x78}},
        {"cividis", 255, {0xfe, 0xe8, 0x38}}, {"magma", 0, {0x00, 0x00, 0x04}},
        {"magma", 128, {0xb7, 0x37, 0x79}},   {"magma", 255, {0xfc, 0xfd, 0xbf}},
        {"grey", 77, {77, 77, 77}},
    };
    for (const auto& sample : samples)
        EXPECT_EQ(colorMapByName(sample.name).colors[sample.index], sample.color) << sample.name << sample.index;
}

TEST(ColorMap, EveryMapGetsBrighter)
{
    // Rec. 709 luma of the first colour is the lowest, of the last the highest, and rises all the way
    const auto luma = [](const Rgb& color) { return 0.2126 * color.r + 0.7152 * color.g + 0.0722 * color.b; };
    for (const ColorMap& map : colorMaps())
        for (int i = 0; i + 4 < 256; ++i)
            EXPECT_LT(luma(map.colors[i]), luma(map.colors[i + 4]) + 0.01) << map.name << " " << i;
}

TEST(ColorMap, ClampsItsArgument)
{
    const ColorMap& map = colorMaps().front();
    EXPECT_EQ(map.name, "viridis");
    EXPECT_EQ(map.at(-3), map.colors[0]);
    EXPECT_EQ(map.at(std::numeric_limits<double>::quiet_NaN()), map.colors[0]);
    EXPECT_EQ(map.at(std::numeric_limits<double>::infinity()), map.colors[255]);
    EXPECT_EQ(map.at(0.5), map.colors[128]);
    EXPECT_EQ(map.at(1), map.colors[255]);
}

TEST(ColorMap, UnknownNamesAnswerWithTheNearest)
{
    try {
        colorMapByName("viridi");
        ADD_FAILURE() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::InvalidRequest);
        EXPECT_THAT(error.what(), testing::HasSubstr("did you mean viridis"));
    }
}

} // namespace
