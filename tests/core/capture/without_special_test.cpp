#include "core/capture/without_special.h"
#include "tests/core/capture/capture_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

using namespace heedmap;
using namespace heedmap::test;
using testing::Each;
using testing::ElementsAre;
using testing::FloatEq;

namespace {

/// [CLS] ball [SEP] · 1 × 2 patches · one register
TokenAxis mixedAxis()
{
    TokenAxis axis{"mixed", 6, {}};
    AxisSegment text;
    text.kind = SegmentKind::Text;
    text.length = 3;
    text.tokens = {{"[CLS]", 1, {}, true}, {"ball", 7, {}, false}, {"[SEP]", 3, {}, true}};
    AxisSegment patches;
    patches.kind = SegmentKind::PatchGrid;
    patches.begin = 3;
    patches.length = 2;
    patches.grid.rows = 1;
    patches.grid.columns = 2;
    AxisSegment registers;
    registers.kind = SegmentKind::Special;
    registers.begin = 5;
    registers.length = 1;
    registers.tokens = {{"register", {}, {}, true}};
    axis.segments = {text, patches, registers};
    return axis;
}

TokenAxis specialAxis(std::int64_t length)
{
    AxisSegment segment;
    segment.kind = SegmentKind::Special;
    segment.length = length;
    return {"special", length, {segment}};
}

TEST(WithoutSpecial, OrdinaryKeysAreWordsAndPatches)
{
    const OrdinaryKeys keys(mixedAxis());
    EXPECT_THAT(keys.flags(), ElementsAre(0, 1, 0, 1, 1, 0));
    EXPECT_EQ(keys.count(), 3);
}

TEST(WithoutSpecial, SharesTheRowOutAnew)
{
    const OrdinaryKeys keys(mixedAxis());
    std::vector<float> row = {0.125f, 0.25f, 0.125f, 0.125f, 0.125f, 0.25f};
    EXPECT_DOUBLE_EQ(keys.leftOut(row), 0.5);
    EXPECT_TRUE(keys.renormalize(row));
    // numpy: w * kept / (w * kept).sum()
    EXPECT_THAT(row, ElementsAre(0, 0.5f, 0, 0.25f, 0.25f, 0));
}

TEST(WithoutSpecial, ARowThatLiesOnSpecialTokensAloneHasNothingLeft)
{
    std::vector<float> row = {0.5f, 0, 0.25f, 0, 0, 0.25f};
    EXPECT_FALSE(OrdinaryKeys(mixedAxis()).renormalize(row));
    EXPECT_THAT(row, Each(0.0f));
    std::vector<float> special = {0.25f, 0.75f};
    const OrdinaryKeys none(specialAxis(2));
    EXPECT_EQ(none.count(), 0);
    EXPECT_DOUBLE_EQ(none.leftOut(special), 1);
    EXPECT_FALSE(none.renormalize(special));
    EXPECT_THAT(special, Each(0.0f));
}

TEST(WithoutSpecial, CountsTheRowsOfAMapThatHaveNothingLeft)
{
    std::vector<float> map = {0.5f, 0.25f, 0, 0.25f, 0, 0, /**/ 1, 0, 0, 0, 0, 0};
    EXPECT_EQ(OrdinaryKeys(mixedAxis()).renormalizeRows(map), 1);
    EXPECT_THAT(map, ElementsAre(0, 0.5f, 0, 0.5f, 0, 0, /**/ 0, 0, 0, 0, 0, 0));
}

TEST(WithoutSpecial, NothingSpecialLeavesTheRowAsItIs)
{
    const OrdinaryKeys keys(plainAxis("plain", 3));
    std::vector<float> row = {0.5f, 0.25f, 0.25f};
    EXPECT_EQ(keys.leftOut(row), 0);
    EXPECT_TRUE(keys.renormalize(row));
    EXPECT_THAT(row, ElementsAre(0.5f, 0.25f, 0.25f));
}

TEST(WithoutSpecial, WhatIsNoNumberStaysAndCountsForNothing)
{
    const float nan = std::nanf("");
    const float infinity = std::numeric_limits<float>::infinity();
    const OrdinaryKeys keys(mixedAxis());
    std::vector<float> row = {nan, 0.25f, infinity, nan, 0.25f, 0.5f};
    EXPECT_DOUBLE_EQ(keys.leftOut(row), 0.5);
    EXPECT_TRUE(keys.renormalize(row));
    EXPECT_TRUE(std::isnan(row[3]));
    row[3] = -1;
    EXPECT_THAT(row, ElementsAre(0, 0.5f, 0, -1, 0.5f, 0));
    std::vector<float> allNan(6, nan);
    EXPECT_FALSE(keys.renormalize(allNan));
    EXPECT_THAT(allNan, Each(0.0f));
}

/// Words → states → mixed keys; weights that are dyadic, so that results are exact.
class WithoutSpecialCapture : public testing::Test
{
protected:
    WithoutSpecialCapture()
    {
        Manifest manifest =
            manifestOf({plainAxis("words", 2), plainAxis("states", 2), mixedAxis()},
                       {weightsSite("first", "words", "states", 1), weightsSite("second", "states", "mixed", 1)});
        writeCapture(m_folder.file("a.heed"), manifest,
                     {{"first", {1, 2, 2}, {0.5f, 0.5f, 0, 1}},
                      {"second", {1, 2, 6}, {0.5f, 0.25f, 0, 0.25f, 0, 0, /**/ 0.5f, 0, 0.25f, 0, 0, 0.25f}}});
        m_capture = Capture::open(m_folder.file("a.heed"));
    }

    TempFolder m_folder;
    std::shared_ptr<const Capture> m_capture;
};

TEST_F(WithoutSpecialCapture, AColumnHasTheWeightsOfRenormalisedRows)
{
    const MapChoice second{1, HeadChoice{0}, {}};
    EXPECT_THAT(readColumnWithoutSpecial(*m_capture, second, 1), ElementsAre(0.5f, 0)); // nothing left of the second
    EXPECT_THAT(readColumnWithoutSpecial(*m_capture, second, 0), ElementsAre(0, 0));    // special itself
    EXPECT_THAT(readKeySums(*m_capture, second, OrdinaryKeys(mixedAxis()).flags()), ElementsAre(0.5f, 0));
}

TEST_F(WithoutSpecialCapture, AComposedColumnEqualsItsRenormalisedRows)
{
    const MapChoice composed{1, HeadChoice{0}, MapChoice::Factor{0, HeadChoice{0}}};
    const OrdinaryKeys keys(keyAxisOf(*m_capture, composed));
    for (std::int64_t key = 0; key < 6; ++key) {
        const std::vector<float> column = readColumnWithoutSpecial(*m_capture, composed, key);
        for (std::int64_t query = 0; query < 2; ++query) {
            std::vector<float> row = readRow(*m_capture, composed, query);
            keys.renormalize(row);
            EXPECT_THAT(column[static_cast<std::size_t>(query)], FloatEq(row[static_cast<std::size_t>(key)]));
        }
    }
}

} // namespace
