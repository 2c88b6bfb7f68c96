#include "core/render/histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

using namespace heedmap;
using testing::ElementsAre;

namespace {

ValueScale scaleOf(ValueCurve curve, const std::vector<float>& weights, double keyCount = 0)
{
    ValueScale scale;
    scale.timesUniform = keyCount > 0;
    scale.keyCount = std::max(keyCount, 1.0);
    scale.curve = curve;
    return fittedTo(scale, std::make_shared<const WeightSample>(sampleOf(weights)));
}

std::int64_t counted(const Histogram& histogram)
{
    return std::accumulate(histogram.counts.begin(), histogram.counts.end(), histogram.below + histogram.above);
}

TEST(Histogram, CountsAsNumPyDoes)
{
    // numpy.histogram([0, .1, .25, .26, .5, .74, .75, 1], bins=4, range=(0, 1))
    const Histogram histogram =
        countWeights(scaleOf(ValueCurve::Linear, {0, 0.1f, 0.25f, 0.26f, 0.5f, 0.74f, 0.75f, 1}), 4);
    EXPECT_DOUBLE_EQ(histogram.first, 0);
    EXPECT_DOUBLE_EQ(histogram.last, 1);
    EXPECT_THAT(histogram.counts, ElementsAre(2, 2, 2, 2));
    EXPECT_EQ(histogram.below, 0);
    EXPECT_EQ(histogram.above, 0);
    EXPECT_DOUBLE_EQ(histogram.edge(1), 0.25);
    EXPECT_EQ(histogram.binAt(histogram.positionOf(0.3)), 1);
}

TEST(Histogram, ALogarithmicAxisHasEqualRatiosAndSetsZerosApart)
{
    // Ten keys: 1/8 × … 8 × uniform, two zeros below the axis.
    const Histogram histogram =
        countWeights(scaleOf(ValueCurve::Logarithmic, {0.8f, 0, 0.4f, 0.0125f, 0.025f, 0.05f, 0.2f, 0, 0.1f}, 10), 6);
    EXPECT_NEAR(histogram.last, 8, 1e-6);
    EXPECT_LE(histogram.first, 0.125); // the lower limit is lower: high / 256
    EXPECT_NEAR(histogram.edge(1) / histogram.edge(0), histogram.edge(4) / histogram.edge(3), 1e-9);
    EXPECT_EQ(histogram.below, 2);
    EXPECT_EQ(counted(histogram), 9);
    EXPECT_DOUBLE_EQ(histogram.positionOf(0), -1);
    for (double position : {0.0, 0.4, 1.0})
        EXPECT_NEAR(histogram.positionOf(histogram.valueAt(position)), position, 1e-12);
}

TEST(Histogram, TheAxisHoldsBothLimits)
{
    ValueScale scale;
    scale.timesUniform = false;
    scale.rule = LimitsRule::ByHand;
    scale.low = 1e-6;
    scale.high = 3;
    scale = fittedTo(scale, std::make_shared<const WeightSample>(sampleOf(std::vector<float>{0.5f, 0.25f})));
    const Histogram histogram = countWeights(scale, 8);
    EXPECT_LE(histogram.first, 1e-6);
    EXPECT_GE(histogram.last, 3);
    EXPECT_EQ(counted(histogram), 2);
}

TEST(Histogram, NothingIsLostWhateverTheWeights)
{
    const float infinity = std::numeric_limits<float>::infinity();
    const std::vector<std::pair<std::vector<float>, std::int64_t>> cases = {{{}, 0},
                                                                            {{std::nanf("")}, 0},
                                                                            {{0, 0, 0}, 3},
                                                                            {{0.5f}, 1},
                                                                            {{infinity, 0.5f}, 1},
                                                                            {{-1, -2, 0.5f}, 3},
                                                                            {{3e38f, 1e-38f, 0}, 3},
                                                                            {{1, 1, 1, 1}, 4}};
    for (const auto& [weights, finite] : cases)
        for (const ValueCurve curve : {ValueCurve::Linear, ValueCurve::Logarithmic, ValueCurve::Percentile}) {
            const Histogram histogram = countWeights(scaleOf(curve, weights, 10), 16);
            EXPECT_EQ(counted(histogram), finite);
            EXPECT_LT(histogram.first, histogram.last);
            EXPECT_TRUE(std::isfinite(histogram.first) && std::isfinite(histogram.last));
        }
    EXPECT_EQ(countWeights(ValueScale(), 0).counts.size(), 1u);
}

} // namespace
