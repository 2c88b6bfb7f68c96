#include "core/render/value_scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

using namespace heedmap;
using testing::ElementsAre;

namespace {

std::vector<std::string> labels(const ValueScale& scale)
{
    std::vector<std::string> labels;
    for (const ValueScale::Tick& tick : scale.ticks())
        labels.push_back(tick.label);
    return labels;
}

ValueScale scaleOf(bool timesUniform, bool logarithmic, double low, double high)
{
    return {timesUniform, logarithmic ? ValueCurve::Logarithmic : ValueCurve::Linear, 100, low, high};
}

TEST(ValueScale, PlacesProbabilitiesOnTheBar)
{
    const ValueScale scale = scaleOf(true, true, 0.25, 64); // 100 keys
    EXPECT_DOUBLE_EQ(scale.position(0.01), 0.25);           // 1× is one of four steps of 4 above ¼×
    EXPECT_DOUBLE_EQ(scale.position(0.64), 1);
    EXPECT_DOUBLE_EQ(scale.position(1), 1);
    EXPECT_DOUBLE_EQ(scale.position(0.0025), 0);
    EXPECT_DOUBLE_EQ(scale.position(0.0001), 0);
    EXPECT_DOUBLE_EQ(scale.position(0), 0);
    EXPECT_DOUBLE_EQ(scale.position(std::numeric_limits<double>::quiet_NaN()), 0);
    const ValueScale linear = scaleOf(false, false, 0, 0.5);
    EXPECT_DOUBLE_EQ(linear.position(0.125), 0.25);
    EXPECT_DOUBLE_EQ(linear.position(0.75), 1);
    EXPECT_DOUBLE_EQ(linear.positionOfDisplayed(0.75), 1.5);
}

TEST(ValueScale, TicksAreNiceNumbers)
{
    EXPECT_THAT(labels(scaleOf(true, true, 0.25, 64)), ElementsAre("¼×", "1×", "4×", "16×", "64×"));
    EXPECT_THAT(labels(scaleOf(true, true, 0.11, 28)), ElementsAre("¼×", "1×", "4×", "16×"));
    EXPECT_THAT(labels(scaleOf(true, true, 0.05, 5)), ElementsAre("1/16×", "¼×", "1×", "4×"));
    EXPECT_THAT(labels(scaleOf(true, true, 0.4, 2.5)), ElementsAre("½×", "1×", "2×"));
    EXPECT_THAT(labels(scaleOf(true, true, 1e-4, 1e4)),
                ElementsAre("1/4096×", "1/256×", "1/16×", "1×", "16×", "256×", "4096×"));
    EXPECT_THAT(labels(scaleOf(true, true, 1e-9, 100)),
                ElementsAre("1e-08×", "1e-06×", "0.0001×", "0.01×", "1×", "100×"));
    EXPECT_THAT(labels(scaleOf(false, true, 0.001, 0.256)), ElementsAre("0.001", "0.01", "0.1"));
    EXPECT_THAT(labels(scaleOf(false, true, 0.02, 0.9)), ElementsAre("0.03", "0.1", "0.3"));
    EXPECT_THAT(labels(scaleOf(true, false, 0, 12)), ElementsAre("0×", "5×", "10×"));
    EXPECT_THAT(labels(scaleOf(false, false, 0, 0.5)), ElementsAre("0", "0.2", "0.4"));
}

TEST(ValueScale, TickPositionsAreThoseOfTheirValues)
{
    const std::vector<ValueScale::Tick> ticks = scaleOf(true, true, 0.25, 64).ticks();
    for (std::size_t i = 0; i < ticks.size(); ++i)
        EXPECT_NEAR(ticks[i].position, 0.25 * static_cast<double>(i), 1e-12);
}

TEST(ValueScale, ThreeToSevenTicksWhateverTheLimits)
{
    std::mt19937 random(3);
    std::uniform_real_distribution<double> exponent(-8, 6);
    for (int round = 0; round < 20'000; ++round) {
        const double low = std::pow(10, exponent(random));
        const double high = low * (1 + std::pow(10, exponent(random)));
        for (bool timesUniform : {false, true})
            for (bool logarithmic : {false, true}) {
                const ValueScale scale = scaleOf(timesUniform, logarithmic, low, high);
                const std::vector<ValueScale::Tick> ticks = scale.ticks();
                ASSERT_GE(ticks.size(), 3) << low << " " << high;
                ASSERT_LE(ticks.size(), 7) << low << " " << high;
                double before = -1e-6;
                for (const ValueScale::Tick& tick : ticks) {
                    ASSERT_GT(tick.position, before);
                    before = tick.position;
                }
                ASSERT_LT(before, 1 + 1e-6);
            }
    }
}

TEST(ValueScale, ImpossibleLimitsHaveNoTicksAndNoHarm)
{
    const double infinity = std::numeric_limits<double>::infinity();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double limits[] = {-infinity, -1e308, -1, 0, 1e-320, 1, std::nextafter(1, 2), 1e308, infinity, nan};
    for (double low : limits)
        for (double high : limits)
            for (bool logarithmic : {false, true}) {
                const ValueScale scale = scaleOf(true, logarithmic, low, high);
                for (double probability : {0.0, 0.5, nan, infinity}) {
                    const double position = scale.position(probability);
                    EXPECT_TRUE(position >= 0 && position <= 1) << low << " " << high << " " << probability;
                }
                EXPECT_LE(scale.ticks().size(), 7);
            }
    EXPECT_TRUE(labels(scaleOf(true, true, 4, 4)).empty());
    EXPECT_TRUE(labels(scaleOf(true, true, 4, 1)).empty());
}

TEST(ValueScale, FormatsValuesForPeople)
{
    ValueScale scale;
    scale.keyCount = 324;
    EXPECT_EQ(scale.format(0.1834), "0.1834 (59.4× uniform)");
    EXPECT_EQ(scale.format(0.5), "0.5000 (162× uniform)");
    EXPECT_EQ(scale.format(0), "0.0000 (0.00× uniform)");
    EXPECT_EQ(scale.format(0.003), "0.0030 (0.97× uniform)");
    EXPECT_EQ(scale.format(1e-7), "1.00e-07 (3.2e-05× uniform)");
    EXPECT_EQ(scale.unitLabel(), "× uniform");
    scale.unit = "relevance"; // which only counts without × uniform, on the bar and in readouts alike
    EXPECT_EQ(scale.unitLabel(), "× uniform");
    EXPECT_EQ(scale.format(0.1834), "0.1834 (59.4× uniform)");
    EXPECT_EQ(scale.formatWithUnit(59.4), "59.4× uniform");
    scale.timesUniform = false;
    EXPECT_EQ(scale.unitLabel(), "relevance");
    EXPECT_EQ(scale.format(0.1834), "0.1834");
    scale.unit.clear();
    EXPECT_EQ(scale.unitLabel(), "probability");
}

TEST(ValueScale, SharedLimitsAreThePercentile)
{
    std::vector<float> values;
    for (int i = 0; i <= 1000; ++i)
        values.push_back(static_cast<float>((i * 8) % 1001) / 1000); // 0 … 1 in steps of 0.001, shuffled
    ValueScale scale;
    scale.keyCount = 10;
    const ValueScale shared = withSharedLimits(scale, values);
    EXPECT_NEAR(shared.high, 9.95, 1e-6); // numpy.percentile(values, 99.5) × 10
    EXPECT_DOUBLE_EQ(shared.low, shared.high / 256);
    EXPECT_EQ(shared.keyCount, 10);
    scale.curve = ValueCurve::Linear;
    EXPECT_EQ(withSharedLimits(scale, values).low, 0);
    scale.timesUniform = false;
    EXPECT_NEAR(withSharedLimits(scale, values).high, 0.995, 1e-6);
    const std::vector<float> four = {4, 1, 3, 2};
    EXPECT_NEAR(withSharedLimits(scale, four).high, 3.985, 1e-6); // numpy.percentile([1, 2, 3, 4], 99.5)
}

TEST(ValueScale, SharedLimitsAreNeverEmpty)
{
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<std::vector<float>> cases = {{},    {0},         {0, 0, 0},
                                                   {nan}, {nan, 0.5f}, {std::numeric_limits<float>::infinity()}};
    for (const std::vector<float>& values : cases)
        for (bool logarithmic : {false, true}) {
            const ValueScale shared = withSharedLimits(scaleOf(true, logarithmic, 3, 2), values);
            EXPECT_LT(shared.low, shared.high);
            EXPECT_TRUE(std::isfinite(shared.high));
        }
}

ValueScale percentileScale(const std::vector<float>& weights, LimitsRule rule = LimitsRule::Automatic, double low = 0,
                           double high = 1)
{
    ValueScale scale;
    scale.timesUniform = false;
    scale.curve = ValueCurve::Percentile;
    scale.rule = rule;
    scale.low = low;
    scale.high = high;
    return withSharedLimits(scale, weights);
}

TEST(ValueScale, APercentilePositionIsThePartOfTheWeightsThatAreAtMostAsLarge)
{
    const std::vector<float> weights = {0.5f, 0.1f, 0.1f, 0.2f, 0.1f, 0}; // sorted: 0 .1 .1 .1 .2 .5
    const ValueScale scale = percentileScale(weights);
    EXPECT_DOUBLE_EQ(scale.position(0), 1.0 / 6);
    EXPECT_DOUBLE_EQ(scale.position(weights[1]), 4.0 / 6);
    EXPECT_DOUBLE_EQ(scale.position(0.15), 4.0 / 6);
    EXPECT_DOUBLE_EQ(scale.position(weights[3]), 5.0 / 6);
    EXPECT_DOUBLE_EQ(scale.position(0.5), 1);
    EXPECT_DOUBLE_EQ(scale.position(9), 1);
    EXPECT_DOUBLE_EQ(scale.position(-1), 0);
    EXPECT_DOUBLE_EQ(scale.position(std::numeric_limits<double>::quiet_NaN()), 0);
    EXPECT_DOUBLE_EQ(scale.low, 0);
    EXPECT_DOUBLE_EQ(scale.high, 0.5);
    EXPECT_THAT(labels(scale), ElementsAre("0", "0.1", "0.1", "0.2", "0.5")); // at 0, ¼, ½, ¾ and all of the weights
}

TEST(ValueScale, OneLargeWeightDoesNotFadeAPercentileMap)
{
    std::vector<float> weights(1000, 0.001f);
    weights.back() = 0.9f;
    EXPECT_NEAR(percentileScale(weights).opaqueFrom(), 0.001, 1e-6); // numpy.percentile(weights, 99.5)
    EXPECT_FLOAT_EQ(static_cast<float>(percentileScale(weights).high), 0.9f);
    EXPECT_EQ(percentileScale(weights, LimitsRule::ByHand, 0, 0.5).opaqueFrom(), 0.5);
    EXPECT_EQ(scaleOf(true, true, 1, 7).opaqueFrom(), 7);
}

TEST(ValueScale, SmallPercentileTicksAreShort)
{
    const std::vector<float> weights = {2.4e-13f, 0.0089f, 0.25f, 1};
    EXPECT_THAT(labels(percentileScale(weights)), ElementsAre("2e-13", "2e-13", "9e-3", "0.25", "1"));
}

TEST(ValueScale, PercentilesAreTheSameInEitherUnit)
{
    const std::vector<float> weights = {0.3f, 0.07f, 0.11f, 0.013f, 0.5f, 0.007f};
    ValueScale uniform = percentileScale(weights);
    uniform.timesUniform = true;
    uniform.keyCount = 577;
    uniform = withSharedLimits(uniform, weights);
    for (float weight : weights)
        EXPECT_DOUBLE_EQ(uniform.position(weight), percentileScale(weights).position(weight)) << weight;
}

TEST(ValueScale, LimitsCutPercentilesToWhatLiesBetweenThem)
{
    const std::vector<float> weights = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f, 1.0f};
    const ValueScale scale = percentileScale(weights, LimitsRule::ByHand, 0.25, 0.65); // 0.3 … 0.6: ranks 0.2 … 0.6
    EXPECT_EQ(scale.low, 0.25);
    EXPECT_EQ(scale.high, 0.65);
    EXPECT_DOUBLE_EQ(scale.position(weights[1]), 0);
    EXPECT_NEAR(scale.position(weights[2]), 0.25, 1e-12);
    EXPECT_NEAR(scale.position(weights[4]), 0.75, 1e-12);
    EXPECT_NEAR(scale.position(weights[5]), 1, 1e-12);
    EXPECT_DOUBLE_EQ(scale.position(1), 1);
}

TEST(ValueScale, ExtremesAreTheSmallestAndTheLargestWeight)
{
    const std::vector<float> weights = {0.5f, 0, 0.125f, 0.25f};
    ValueScale scale = scaleOf(true, true, 3, 4);
    scale.rule = LimitsRule::Extremes;
    EXPECT_DOUBLE_EQ(withSharedLimits(scale, weights).low, 12.5); // the smallest above 0, × 100 keys
    EXPECT_DOUBLE_EQ(withSharedLimits(scale, weights).high, 50);
    scale.curve = ValueCurve::Linear;
    EXPECT_DOUBLE_EQ(withSharedLimits(scale, weights).low, 0);
    scale.timesUniform = false;
    EXPECT_DOUBLE_EQ(withSharedLimits(scale, weights).high, 0.5);
}

TEST(ValueScale, LimitsByHandStayWhateverTheWeights)
{
    ValueScale scale = scaleOf(true, true, 3, 4);
    scale.rule = LimitsRule::ByHand;
    scale = withSharedLimits(scale, std::vector<float>{0.5f, 0.25f});
    EXPECT_EQ(scale.low, 3);
    EXPECT_EQ(scale.high, 4);
}

TEST(ValueScale, APositionGivesItsValueBack)
{
    const std::vector<float> weights = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f, 1.0f};
    for (const ValueScale& scale : {scaleOf(true, true, 0.25, 64), scaleOf(false, false, 0.1, 0.7)})
        for (double position : {0.0, 0.3, 0.9, 1.0})
            EXPECT_NEAR(scale.positionOfDisplayed(scale.displayedAt(position)), position, 1e-12);
    EXPECT_FLOAT_EQ(static_cast<float>(percentileScale(weights).displayedAt(0.3)), 0.3f);
    EXPECT_FLOAT_EQ(static_cast<float>(percentileScale(weights).displayedAt(1)), 1.0f);
}

TEST(ValueScale, HostileWeightsDoNoHarmWithAnyCurveAndRule)
{
    const float infinity = std::numeric_limits<float>::infinity();
    const float nan = std::nanf("");
    const std::vector<std::vector<float>> cases = {
        {},       {nan, nan},     {0, 0, 0}, {0.5f}, {infinity, -infinity}, {nan, infinity, 0.5f, 0.25f},
        {-1, -2}, {3e38f, 1e-38f}};
    for (const std::vector<float>& weights : cases)
        for (const ValueCurve curve : {ValueCurve::Linear, ValueCurve::Logarithmic, ValueCurve::Percentile})
            for (const LimitsRule rule : {LimitsRule::Automatic, LimitsRule::Extremes}) {
                ValueScale scale;
                scale.curve = curve;
                scale.rule = rule;
                scale.keyCount = 10;
                scale = withSharedLimits(scale, weights);
                EXPECT_LT(scale.low, scale.high);
                EXPECT_LE(scale.ticks().size(), 7u);
                for (double probability : {0.0, 0.5, double{nan}, double{infinity}, -1.0}) {
                    const double position = scale.position(probability);
                    EXPECT_TRUE(position >= 0 && position <= 1) << probability;
                }
            }
}

TEST(WeightSample, PercentilesAreThoseOfNumPy)
{
    const WeightSample sample = sampleOf(std::vector<float>{4, 1, std::nanf(""), 3, 2});
    EXPECT_DOUBLE_EQ(sample.percentile(0), 1);
    EXPECT_DOUBLE_EQ(sample.percentile(40), 2.2); // numpy.percentile([1, 2, 3, 4], 40)
    EXPECT_DOUBLE_EQ(sample.percentile(99.5), 3.985);
    EXPECT_DOUBLE_EQ(sample.percentile(100), 4);
    EXPECT_EQ(sample.count, 4);
    EXPECT_EQ(sample.notFinite, 1);
    EXPECT_FALSE(sample.isPart());
    EXPECT_EQ(sampleOf(std::span<const float>()).percentile(99.5), 0);
}

/// A ramp, row after row: a pick at a fixed place of each stretch would see the same few keys of every row.
TEST(WeightSample, APartOfManyWeightsStandsForAllOfThem)
{
    constexpr int kRows = 512;
    constexpr int kKeys = 4096;
    std::vector<std::vector<float>> rows(kRows, std::vector<float>(kKeys));
    std::vector<std::span<const float>> runs;
    for (std::vector<float>& row : rows) {
        for (int key = 0; key < kKeys; ++key)
            row[static_cast<std::size_t>(key)] = static_cast<float>(key) / (kKeys - 1);
        runs.emplace_back(row);
    }
    rows[7][0] = -3; // extremes are never missed
    rows[11][5] = 9;
    const WeightSample sample = sampleOf(runs);
    EXPECT_TRUE(sample.isPart());
    EXPECT_EQ(sample.count, kRows * kKeys);
    EXPECT_LE(sample.sorted.size(), WeightSample::kMostKept + 2);
    EXPECT_EQ(sample.sorted.front(), -3);
    EXPECT_EQ(sample.sorted.back(), 9);
    for (double percent : {1.0, 50.0, 99.5})
        EXPECT_NEAR(sample.percentile(percent), percent / 100, 0.002);
    EXPECT_EQ(sampleOf(runs).sorted, sample.sorted);
}

TEST(ValueScale, ManyPositionsAreThoseOfEachOne)
{
    const std::vector<double> weights = {-1, 0, 1e-30, 0.004, 0.01, 0.1, 0.37, 1, 2, std::nan("")};
    for (const ValueCurve curve : {ValueCurve::Linear, ValueCurve::Logarithmic, ValueCurve::Percentile})
        for (const bool timesUniform : {false, true})
            for (const auto& [low, high] : {std::pair(0.05, 3.0), std::pair(0.0, 1.0), std::pair(0.4, 0.4)}) {
                ValueScale scale;
                scale.curve = curve;
                scale.timesUniform = timesUniform;
                scale.keyCount = 7;
                scale.low = low;
                scale.high = high;
                const std::vector<float> seen = {0.004f, 0.1f, 0.37f};
                scale.sample = std::make_shared<const WeightSample>(sampleOf(seen));
                const std::vector<double> positions = scale.positions(weights);
                for (std::size_t i = 0; i < weights.size(); ++i)
                    EXPECT_NEAR(positions[i], scale.position(weights[i]), 1e-6) << weights[i] << " to " << high;
            }
}

TEST(WeightSample, OfPartsIsThatOfTheWhole)
{
    std::mt19937 random(5);
    std::uniform_real_distribution<float> uniform(-1, 1);
    for (const std::size_t length : {100U, 30'000U}) { // all of them kept, and a part
        std::vector<float> weights(7 * length);
        std::ranges::generate(weights, [&] { return uniform(random); });
        weights[3] = weights[5 * length] = std::nanf("");
        weights[2 * length + 1] = std::numeric_limits<float>::infinity();
        std::vector<WeightSamplePart> parts;
        std::vector<const WeightSamplePart*> inOrderOfArrival;
        parts.reserve(7);
        for (const std::size_t part : {4U, 0U, 6U, 1U, 5U, 3U, 2U}) {
            const std::span<const float> first(weights.data() + part * length, 17);
            const std::span<const float> rest(first.end(), length - 17);
            parts.push_back(samplePart(std::vector{first, rest}, part * length, weights.size()));
            inOrderOfArrival.push_back(&parts.back());
        }
        const WeightSample whole = sampleOf(weights);
        const WeightSample together = sampleOf(inOrderOfArrival);
        EXPECT_EQ(together.sorted, whole.sorted);
        EXPECT_EQ(together.count, static_cast<std::int64_t>(weights.size()) - 3);
        EXPECT_EQ(whole.count, together.count);
        EXPECT_EQ(together.notFinite, 3);
    }
}

TEST(WeightSample, IsInOrderWhateverTheWeightsAre)
{
    std::mt19937 random(3);
    std::vector<float> weights = {0.0f, -0.0f, 1e-40f, -1e-40f, 3e38f, -3e38f, 1, -1};
    for (int i = 0; i < 3000; ++i)
        weights.push_back(std::ldexp(std::uniform_real_distribution<float>(-1, 1)(random), i % 200 - 120));
    std::vector<float> expected = weights;
    std::ranges::sort(expected);
    EXPECT_EQ(sampleOf(weights).sorted, expected);
}

} // namespace
