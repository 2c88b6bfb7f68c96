#include "core/analysis/head_statistics.h"
#include "core/base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace heedmap {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// CLS, then 2 × 3 patches of 10 × 20 pixels whose upper left corner is at (100, 200).
TokenAxis pictureAxis()
{
    AxisSegment special;
    special.kind = SegmentKind::Special;
    special.length = 1;
    special.tokens = {{"CLS", {}, {}, true}};
    AxisSegment patches;
    patches.kind = SegmentKind::PatchGrid;
    patches.begin = 1;
    patches.length = 6;
    patches.input = "picture";
    patches.grid = {2, 3, 1, Affine{10, 0, 100, 0, 20, 200}};
    return {"picture", 7, {special, patches}};
}

TokenAxis questionAxis()
{
    AxisSegment text;
    text.kind = SegmentKind::Text;
    text.length = 4;
    text.tokens = {{"[CLS]", {}, {}, true}, {"red", {}, {}, false}, {"ball", {}, {}, false}, {"[SEP]", {}, {}, true}};
    return {"question", 4, {text}};
}

const std::vector<float> kRow{0.25f, 0.5f, 0.125f, 0.0625f, 0.03125f, 0.015625f, 0.015625f};

double statisticOf(const char* id, const std::vector<float>& row, const TokenAxis& axis)
{
    return headStatistic(id).ofRow(row, KeyRoles(axis));
}

TEST(HeadStatistics, EqualNumPyInDoublePrecision)
{
    // p = w / w.sum(); H = -(p * np.log(p)).sum(); np.exp(H); np.sqrt((q * ((x - x̄)**2 + (y - ȳ)**2)).sum())
    const TokenAxis axis = pictureAxis();
    EXPECT_DOUBLE_EQ(statisticOf("picture_mass", kRow, axis), 0.75);
    EXPECT_DOUBLE_EQ(statisticOf("special_mass", kRow, axis), 0.25);
    EXPECT_NEAR(statisticOf("entropy", kRow, axis), 1.3646335117273922, 1e-12);
    EXPECT_NEAR(statisticOf("entropy_bits", kRow, axis), 1.96875, 1e-12);
    EXPECT_NEAR(statisticOf("effective_keys", kRow, axis), 3.9142882483508, 1e-12);
    EXPECT_DOUBLE_EQ(statisticOf("largest", kRow, axis), 0.5);
    EXPECT_DOUBLE_EQ(statisticOf("largest_patch", {0.6f, 0.1f, 0, 0, 0.25f, 0, 0}, axis), 0.25);
    EXPECT_NEAR(statisticOf("spread", kRow, axis), 0.7237896985850087, 1e-12);
}

TEST(HeadStatistics, UniformAttentionHasAsManyEffectiveKeysAsThereAreKeys)
{
    EXPECT_NEAR(statisticOf("effective_keys", std::vector<float>(7, 1.0f / 7), pictureAxis()), 7, 1e-6);
    EXPECT_DOUBLE_EQ(statisticOf("effective_keys", {0, 0, 1, 0, 0, 0, 0}, pictureAxis()), 1);
}

TEST(HeadStatistics, OneSpecialTokenOfATextIsAsSpecialAsASegment)
{
    EXPECT_FLOAT_EQ(static_cast<float>(statisticOf("special_mass", {0.25f, 0.5f, 0, 0.25f}, questionAxis())), 0.5f);
    EXPECT_THAT(KeyRoles(questionAxis()).special, ElementsAre(0u, 3u));
    EXPECT_THAT(KeyRoles(questionAxis()).patches, IsEmpty());
}

TEST(HeadStatistics, ARowWithoutWeightGivesZeros)
{
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const HeadStatistic& statistic : headStatistics())
        for (const TokenAxis& axis : {pictureAxis(), questionAxis()})
            for (const float nothing : {0.0f, nan}) {
                const std::vector<float> row(static_cast<std::size_t>(axis.length), nothing);
                EXPECT_EQ(statistic.ofRow(row, KeyRoles(axis)), 0) << statistic.id << " of " << nothing;
            }
}

TEST(HeadStatistics, AWeightThatIsNoNumberCountsAsNone)
{
    std::vector<float> row = kRow;
    row.back() = std::numeric_limits<float>::quiet_NaN();
    EXPECT_DOUBLE_EQ(statisticOf("picture_mass", row, pictureAxis()), 0.734375);
    for (const HeadStatistic& statistic : headStatistics())
        EXPECT_TRUE(std::isfinite(statistic.ofRow(row, KeyRoles(pictureAxis())))) << statistic.id;
}

TEST(HeadStatistics, ABoxHoldsThePatchesWhoseCentreLiesInIt)
{
    const KeyRoles keys(pictureAxis());
    // Centres: x 105, 115, 125; y 210, 230.
    EXPECT_THAT(keysInBox(keys, {105, 210, 10, 1}), ElementsAre(1u)); // 115 is outside: half open
    EXPECT_THAT(keysInBox(keys, {110, 200, 20, 40}), ElementsAre(2u, 3u, 5u, 6u));
    EXPECT_THAT(keysInBox(keys, {106, 211, 8, 18}), IsEmpty());
    EXPECT_DOUBLE_EQ(massOn(kRow, keysInBox(keys, {110, 200, 20, 40})), 0.21875);
}

TEST(HeadStatistics, UnknownNamesAnswerWithTheNearest)
{
    try {
        headStatistic("entrop");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::InvalidRequest);
        EXPECT_THAT(error.what(), testing::HasSubstr("did you mean entropy"));
    }
}

} // namespace
} // namespace heedmap
