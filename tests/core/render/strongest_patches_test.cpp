#include "core/base/error.h"
#include "core/render/strongest_patches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace heedmap {
namespace {

using testing::ElementsAre;

const float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(StrongestPatches, everyCellHoldsTheStrongestPatchItTouches)
{
    const std::vector<float> values = {1, 2, 3,  4,  //
                                       5, 6, 7,  8,  //
                                       9, 1, 1,  30, //
                                       1, 1, 20, 1};
    const SmallPatches small = strongestPatches(values, 4, 4, 2, 2);
    EXPECT_EQ(small.rows, 2);
    EXPECT_EQ(small.columns, 2);
    EXPECT_THAT(small.values, ElementsAre(6, 8, 9, 30));
}

TEST(StrongestPatches, aPatchBetweenTwoCellsCountsInBoth)
{
    const std::vector<float> row = {0, 9, 0}; // on two cells: patches 0 and 1, then 1 and 2
    EXPECT_THAT(strongestPatches(row, 1, 3, 1, 2).values, ElementsAre(9, 9));
}

TEST(StrongestPatches, noBrightPatchIsLostWhateverTheSizes)
{
    for (int side = 1; side <= 9; ++side)
        for (int cells = 1; cells <= 9; ++cells)
            for (int bright = 0; bright < side * side; ++bright) {
                std::vector<float> values(static_cast<std::size_t>(side * side), 0.0f);
                values[static_cast<std::size_t>(bright)] = 1;
                EXPECT_THAT(strongestPatches(values, side, side, cells, cells).values, testing::Contains(1.0f));
            }
}

TEST(StrongestPatches, aGridThatFitsStaysAsItIs)
{
    const std::vector<float> values = {3, kNan, 1, 2};
    const SmallPatches small = strongestPatches(values, 2, 2, 10, 2);
    EXPECT_EQ(small.rows, 2);
    EXPECT_EQ(small.values[0], 3);
    EXPECT_TRUE(std::isnan(small.values[1]));
}

TEST(StrongestPatches, onlyACellOfNothingButNanIsNan)
{
    const std::vector<float> values = {kNan, 2, kNan, kNan};
    const SmallPatches small = strongestPatches(values, 1, 4, 1, 2);
    EXPECT_EQ(small.values[0], 2);
    EXPECT_TRUE(std::isnan(small.values[1]));
}

TEST(StrongestPatches, refusesValuesThatDoNotFill)
{
    EXPECT_THROW(strongestPatches(std::vector<float>(3), 2, 2, 1, 1), Error);
    EXPECT_THROW(strongestPatches(std::vector<float>(4), 2, 2, 0, 1), Error);
}

} // namespace
} // namespace heedmap
