#include "core/analysis/strongest_links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace heedmap {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(StrongestLinks, areInOrderAndEqualOnesByLowestPosition)
{
    const std::vector<float> weights{0.125f, 0.25f, 0.125f, 0.25f, 0.125f, 0.0625f, 0.0625f};
    const StrongestLinks found = strongestLinks(weights, 4, 0);
    EXPECT_THAT(found.links, ElementsAre(WeightedPosition{1, 0.25f}, WeightedPosition{3, 0.25f},
                                         WeightedPosition{0, 0.125f}, WeightedPosition{2, 0.125f}));
    EXPECT_EQ(found.possible, 7);
    EXPECT_EQ(found.shownMass, 0.75);
    EXPECT_EQ(found.wholeMass, 1.0);
}

TEST(StrongestLinks, aThresholdIncludesItself)
{
    const std::vector<float> weights{0.5f, 0.25f, 0.125f};
    EXPECT_EQ(strongestLinks(weights, 9, 0.25).links.size(), 2U);
    EXPECT_EQ(strongestLinks(weights, 9, 0.26).links.size(), 1U);
    EXPECT_EQ(strongestLinks(weights, 9, 0.26).possible, 3);
    EXPECT_EQ(strongestLinks(weights, 9, 0.26).wholeMass, 0.875);
}

TEST(StrongestLinks, hiddenKeysAndBrokenWeightsAreNone)
{
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> weights{nan, 0.5f, 0, std::numeric_limits<float>::infinity(), 0.5f};
    const StrongestLinks found = strongestLinks(weights, 9, 0);
    EXPECT_THAT(found.links, ElementsAre(WeightedPosition{1, 0.5f}, WeightedPosition{4, 0.5f}));
    EXPECT_EQ(found.possible, 2);
    EXPECT_EQ(found.notFinite, 2);
    EXPECT_EQ(found.wholeMass, 1.0);
}

TEST(StrongestLinks, ofNothing)
{
    EXPECT_THAT(strongestLinks({}, 9, 0).links, IsEmpty());
    const std::vector<float> one{1};
    EXPECT_THAT(strongestLinks(one, 0, 0).links, IsEmpty());
    EXPECT_EQ(strongestLinks(one, 0, 0).possible, 1);
}

} // namespace
} // namespace heedmap
