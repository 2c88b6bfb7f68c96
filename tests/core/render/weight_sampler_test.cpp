#include "core/render/weight_sampler.h"

#include <gtest/gtest.h>

#include <limits>

namespace heedmap {
namespace {

const float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(WeightSampler, ofFewWeightsItIsTheSampleOfAll)
{
    const std::vector<float> first = {0.5f, 0.1f, kNan};
    const std::vector<float> second = {0.9f, 0.3f};
    WeightSampler sampler(5);
    sampler.add(first);
    sampler.add(second);
    const WeightSample sample = sampler.finish();
    EXPECT_EQ(sample.sorted, (std::vector<float>{0.1f, 0.3f, 0.5f, 0.9f}));
    EXPECT_EQ(sample.count, 4);
    EXPECT_EQ(sample.notFinite, 1);
}

TEST(WeightSampler, ofManyItKeepsExtremesAndRanks)
{
    // Weight i is i / n, in an order that has nothing to do with rank; one far above and one below all others.
    constexpr std::int64_t n = 6'000'000;
    std::vector<float> run(1000);
    WeightSampler sampler(n);
    for (std::int64_t begin = 0; begin < n; begin += 1000) {
        for (std::int64_t i = 0; i < 1000; ++i)
            run[std::size_t(i)] = float(double((begin + i) * 7919 % n) / double(n));
        if (begin == 3'000'000) {
            run[17] = 5;
            run[18] = -1;
            run[19] = kNan;
        }
        sampler.add(run);
    }
    const WeightSample sample = sampler.finish();
    EXPECT_EQ(sample.sorted.back(), 5);
    EXPECT_EQ(sample.sorted.front(), -1);
    EXPECT_EQ(sample.count, n - 1);
    EXPECT_EQ(sample.notFinite, 1);
    for (const double percent : {1.0, 50.0, 99.5})
        EXPECT_NEAR(sample.percentile(percent), percent / 100, 0.004) << percent;
}

TEST(WeightSampler, withoutWeightsThereIsNone)
{
    WeightSampler sampler(1 << 30);
    sampler.add(std::vector<float>{kNan});
    EXPECT_TRUE(sampler.finish().sorted.empty());
    EXPECT_EQ(sampler.finish().notFinite, 1);
}

} // namespace
} // namespace heedmap
