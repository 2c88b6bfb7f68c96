#include "core/capture/sharpest_head.h"
#include "tests/core/capture/capture_samples.h"

#include <gtest/gtest.h>

#include <cmath>

namespace heedmap {
namespace {

using namespace test;

/// One site, weights [heads, 2 queries, 3 keys] as given.
std::optional<SharpestHead> judge(const std::vector<std::vector<float>>& heads, std::int64_t maxWeights = 1000)
{
    TempFolder folder;
    std::vector<float> weights;
    for (const std::vector<float>& head : heads)
        weights.insert(weights.end(), head.begin(), head.end());
    const Manifest manifest = manifestOf({plainAxis("q", 2), plainAxis("k", 3)},
                                         {weightsSite("site", "q", "k", static_cast<int>(heads.size()))});
    writeCapture(folder.file("a.heed"), manifest, {{"site", {static_cast<std::int64_t>(heads.size()), 2, 3}, weights}});
    const auto capture = Capture::open(folder.file("a.heed"));
    const std::vector<std::size_t> sites{0};
    return sharpestHead(*capture, sites, maxWeights);
}

const std::vector<float> kEven{1 / 3.f, 1 / 3.f, 1 / 3.f, 1 / 3.f, 1 / 3.f, 1 / 3.f};
const std::vector<float> kSamePlace{0.9f, 0.1f, 0, 0.9f, 0.1f, 0};
const std::vector<float> kFollowing{0.8f, 0.2f, 0, 0, 0.1f, 0.9f};

TEST(SharpestHead, prefersASharpHeadToAnEvenOne)
{
    EXPECT_EQ(judge({kEven, kSamePlace})->head, 1);
}

TEST(SharpestHead, prefersTheHeadThatFollowsTheQuery)
{
    const auto best = judge({kSamePlace, kEven, kFollowing});
    ASSERT_TRUE(best);
    EXPECT_EQ(best->head, 2);
    EXPECT_EQ(best->query, 1);                         // 0.9 is its sharpest row
    EXPECT_NEAR(best->score, 0.85 - 0.5 * 0.45, 1e-6); // mean of maxima − ½ maximum of means
    EXPECT_NEAR(judge({kSamePlace})->score, 0.9 - 0.5 * 0.9, 1e-6);
}

TEST(SharpestHead, isAbsentWhenThereIsTooMuchToRead)
{
    EXPECT_FALSE(judge({kEven}, 5));
    EXPECT_TRUE(judge({kEven}, 6));
}

TEST(SharpestHead, passesOverWhatIsNotANumber)
{
    const float nan = std::nanf("");
    EXPECT_EQ(judge({{nan, nan, nan, nan, nan, nan}, kSamePlace})->head, 1);
}

} // namespace
} // namespace heedmap
