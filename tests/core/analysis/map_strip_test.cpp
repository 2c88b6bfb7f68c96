#include "core/analysis/map_strip.h"
#include "core/base/error.h"
#include "core/capture/without_special.h"
#include "tests/core/base/peak_memory.h"
#include "tests/core/capture/capture_samples.h"
#include "tests/core/capture/stored_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace heedmap {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kNever = [] { return false; };

TEST(CellSize, isTheSmallestThatIsAPixelLarge)
{
    EXPECT_EQ(cellSizeFor(0.1, 1), (CellSize{0, 0}));
    EXPECT_EQ(cellSizeFor(1.01, 2), (CellSize{1, 1}));
    EXPECT_EQ(cellSizeFor(2.01, 5.9), (CellSize{2, 3}));
    EXPECT_EQ(cellSizeFor(std::numeric_limits<double>::quiet_NaN(), 0), (CellSize{0, 0}));
    EXPECT_EQ(cellSizeFor(std::numeric_limits<double>::infinity(), 1e300), (CellSize{30, 30}));
    for (const double perPixel : {1.5, 3.0, 4096.0 / 700, 100.0})
        EXPECT_GE(double(cellSizeFor(perPixel, 1).queries()) / perPixel, 1) << "else cells would be left out";
}

TEST(PoolWeights, takesMeanAndLargestOfWholeAndPartialCells)
{
    // 3 queries × 5 keys in cells of 2 × 2: the last row and column stand for fewer.
    const std::vector<float> weights{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const MapStrip strip = poolWeights(weights, 5, {1, 1});
    EXPECT_EQ(strip.rows, 2);
    EXPECT_EQ(strip.columns, 3);
    EXPECT_THAT(strip.mean, ElementsAre(4, 6, 7.5f, 11.5f, 13.5f, 15));
    EXPECT_THAT(strip.largest, ElementsAre(7, 9, 10, 12, 14, 15));
}

TEST(PoolWeights, exactCellsAreTheWeights)
{
    const std::vector<float> weights{1, 2, 3, 4};
    const MapStrip strip = poolWeights(weights, 2, {0, 0});
    EXPECT_THAT(strip.values(Pooling::Mean), ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(strip.values(Pooling::Largest), ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(strip.largest, IsEmpty());
}

TEST(PoolWeights, aBrokenWeightBreaksItsCellAndNoOther)
{
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const MapStrip strip = poolWeights(std::vector<float>{1, nan, 2, 3}, 4, {0, 1});
    EXPECT_TRUE(std::isnan(strip.mean[0]));
    EXPECT_TRUE(std::isnan(strip.largest[0]));
    EXPECT_EQ(strip.mean[1], 2.5f);
    EXPECT_EQ(strip.largest[1], 3);
}

/// 100 queries × 70 keys, computed from queries and keys, and the product of a smaller map with weights.
class MapStripTest : public testing::Test
{
protected:
    void SetUp() override
    {
        AttentionSite site = queriesKeysSite("computed", "rows", "columns", 4, 2);
        site.mask = {CausalMask{3}};
        const Manifest manifest = manifestOf({plainAxis("rows", 100), plainAxis("columns", 70), plainAxis("few", 6)},
                                             {site, weightsSite("first", "few", "rows", 2)});
        writeCapture(m_folder.file("a.heed"), manifest,
                     {{"computed/q", {4, 100, 8}, randomFloats(3200, 1)},
                      {"computed/k", {2, 70, 8}, randomFloats(1120, 2)},
                      {"first", {2, 6, 100}, std::vector<float>(1200, 0.01f)}});
        m_capture = Capture::open(m_folder.file("a.heed"));
    }

    /// Whole-map reading, pooled by the definition.
    static std::vector<double> pooled(const std::vector<float>& map, std::int64_t keys, const CellSize& cell,
                                      std::int64_t firstRow, std::int64_t rows, bool largest)
    {
        const auto queries = static_cast<std::int64_t>(map.size()) / keys;
        std::vector<double> result;
        for (std::int64_t row = firstRow; row < firstRow + rows; ++row)
            for (std::int64_t column = 0; column * cell.keys() < keys; ++column) {
                double sum = 0;
                double highest = 0;
                int count = 0;
                for (std::int64_t q = row * cell.queries(); q < std::min(queries, (row + 1) * cell.queries()); ++q)
                    for (std::int64_t k = column * cell.keys(); k < std::min(keys, (column + 1) * cell.keys()); ++k) {
                        const double weight = map[static_cast<std::size_t>(q * keys + k)];
                        sum += weight;
                        highest = std::max(highest, weight);
                        ++count;
                    }
                result.push_back(largest ? highest : sum / count);
            }
        return result;
    }

    void expectPooled(const MapChoice& map, const CellSize& cell)
    {
        const std::vector<float> whole = readMap(*m_capture, map);
        const std::int64_t keys = keyAxisOf(*m_capture, map).length;
        const std::int64_t queries = static_cast<std::int64_t>(whole.size()) / keys;
        for (std::int64_t band = 0; band < stripCount(queries, cell); ++band) {
            const MapStrip strip = *readMapStrip(*m_capture, map, false, cell, band, kNever);
            for (const Pooling pooling : {Pooling::Mean, Pooling::Largest}) {
                const std::vector<double> expected =
                    pooled(whole, keys, cell, band * kStripRows, strip.rows, pooling == Pooling::Largest);
                ASSERT_EQ(strip.values(pooling).size(), expected.size());
                for (std::size_t i = 0; i < expected.size(); ++i)
                    ASSERT_NEAR(strip.values(pooling)[i], expected[i], 1e-6) << "cell " << i << " of band " << band;
            }
        }
    }

    TempFolder m_folder;
    std::shared_ptr<const Capture> m_capture;
};

TEST_F(MapStripTest, areTheWholeMapPooled)
{
    const HeadSet set{"", {{0, {1}}, {0, {3}}}, Reduction::Max};
    for (const CellSize& cell : {CellSize{0, 0}, CellSize{1, 0}, CellSize{0, 3}, CellSize{2, 2}, CellSize{7, 7}}) {
        expectPooled(MapChoice{0, HeadChoice{2}, {}}, cell);
        expectPooled(MapChoice{0, HeadChoice::mean(), {}}, cell);
        expectPooled(MapChoice{0, HeadChoice{1}, {}, set}, cell);
        expectPooled(MapChoice{0, HeadChoice{0}, SiteHead{1, {1}}}, cell);
    }
}

/// 2 048 queries of 8 192 keys in cells of 256 × 64: a row of cells is 8 MiB of weights, a block 1 MiB.
TEST_F(MapStripTest, aRowOfLargeCellsIsNotHeldInMemory)
{
    AttentionSite site = queriesKeysSite("long", "rows", "columns", 1, 1);
    const Manifest manifest = manifestOf({plainAxis("rows", 2048), plainAxis("columns", 8192)}, {site});
    writeCapture(
        m_folder.file("long.heed"), manifest,
        {{"long/q", {1, 2048, 8}, randomFloats(2048 * 8, 3)}, {"long/k", {1, 8192, 8}, randomFloats(8192 * 8, 4)}});
    const auto capture = Capture::open(m_folder.file("long.heed"));
    const MapChoice map{0, HeadChoice{0}, {}};
    const CellSize cell{8, 6};
    MapStrip strip;
    EXPECT_LT(peakGrowth([&] { strip = *readMapStrip(*capture, map, false, cell, 0, kNever); }), std::size_t{6} << 20);
    ASSERT_EQ(strip.rows, 8);
    std::vector<float> rows(256 * 8192);
    readRows(*capture, map, 512, 256, rows);
    const std::vector<double> mean = pooled(rows, 8192, cell, 0, 1, false);
    const std::vector<double> largest = pooled(rows, 8192, cell, 0, 1, true);
    for (std::size_t column = 0; column < 128; ++column) {
        ASSERT_NEAR(strip.mean[2 * 128 + column], mean[column], 1e-7);
        ASSERT_NEAR(strip.largest[2 * 128 + column], largest[column], 1e-7);
    }
}

TEST_F(MapStripTest, rowsReadTogetherAreThoseReadAlone)
{
    const MapChoice map{0, HeadChoice{1}, {}};
    std::vector<float> rows(7 * 70);
    readRows(*m_capture, map, 20, 7, rows);
    for (std::int64_t i = 0; i < 7; ++i) {
        const std::vector<float> row = readRow(*m_capture, map, 20 + i);
        for (std::size_t key = 0; key < row.size(); ++key)
            EXPECT_NEAR(rows[static_cast<std::size_t>(i) * 70 + key], row[key], 1e-6);
    }
    EXPECT_THROW(readRows(*m_capture, map, 95, 6, std::span(rows).first(6 * 70)), Error);
    EXPECT_THROW(readRows(*m_capture, map, 0, 6, rows), Error);
    EXPECT_THROW(readRows(*m_capture, map, 0, 0, std::span(rows).first(0)), Error);
}

TEST_F(MapStripTest, isGivenUpWhenStale)
{
    EXPECT_FALSE(readMapStrip(*m_capture, {0, {0}, {}}, false, {0, 0}, 0, [] { return true; }));
    EXPECT_THROW(readMapStrip(*m_capture, {0, {0}, {}}, false, {0, 0}, 4, kNever), Error);
    EXPECT_THROW(readMapStrip(*m_capture, {0, {0}, {}}, false, {0, 0}, -1, kNever), Error);
}

TEST_F(MapStripTest, sampledRowsAreSpreadEvenly)
{
    const MapChoice map{0, HeadChoice{2}, {}};
    const SampledRows few = sampleRows(*m_capture, map, false, 4 * 70);
    EXPECT_THAT(few.queries, ElementsAre(12, 37, 62, 87));
    const std::vector<float> row = readRow(*m_capture, map, 37);
    for (std::size_t key = 0; key < row.size(); ++key)
        EXPECT_NEAR(few.weights[70 + key], row[key], 1e-6);
    EXPECT_EQ(sampleRows(*m_capture, map, false, 1 << 20).queries.size(), 100U);
    EXPECT_EQ(sampleRows(*m_capture, map, false, 1).queries.size(), 1U);
}

/// Rows that are not stored leave their cells to those that are.
TEST(MapStrip, aPartOfTheRowsIsPooledFromWhatIsThere)
{
    const TempFolder folder;
    writeSampleCapture(folder.file("whole.heed"));
    const auto whole = Capture::open(folder.file("whole.heed"));
    const auto part = writePart(*whole, {{}, {{"words", {1, 4}}}}, folder.file("part.heed"));
    const MapChoice map{part->siteIndex("computed"), {3}, {}};
    const std::vector<float> first = readRow(*whole, map, 1);
    const std::vector<float> last = readRow(*whole, map, 4);
    const auto exact = readMapStrip(*part, map, false, {0, 0}, 0, kNever);
    ASSERT_TRUE(exact);
    EXPECT_EQ(exact->rows, 5);
    const auto rowOf = [](const MapStrip& strip, int row) {
        const auto begin = strip.mean.begin() + std::ptrdiff_t(row) * strip.columns;
        return std::vector<float>(begin, begin + strip.columns);
    };
    EXPECT_EQ(rowOf(*exact, 1), first);
    EXPECT_EQ(rowOf(*exact, 4), last);
    for (const int missing : {0, 2, 3})
        for (const float weight : rowOf(*exact, missing))
            EXPECT_TRUE(std::isnan(weight)) << missing;
    for (const bool withoutSpecial : {false, true}) { // no key is special
        const auto pooled = readMapStrip(*part, map, withoutSpecial, {1, 0}, 0, kNever);
        ASSERT_TRUE(pooled);
        for (std::size_t key = 0; key < first.size(); ++key)
            EXPECT_NEAR(rowOf(*pooled, 0)[key], first[key], 1e-6); // of rows 0 and 1
        EXPECT_TRUE(std::isnan(rowOf(*pooled, 1)[0]));
    }
    EXPECT_THAT(sampleRows(*part, map, false, 1000).queries, ElementsAre(1, 4));
    EXPECT_THAT(sampleRows(*part, map, false, 1).queries, ElementsAre(4));
}

} // namespace
} // namespace heedmap
