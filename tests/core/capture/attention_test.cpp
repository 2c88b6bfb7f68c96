#include "core/base/error.h"
#include "core/capture/attention.h"
#include "core/capture/saved_head_set.h"
#include "tests/core/base/peak_memory.h"
#include "tests/core/capture/capture_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace heedmap;
using namespace heedmap::test;
using testing::Each;
using testing::ElementsAre;
using testing::Pointwise;

namespace {

MATCHER_P(FloatNearPointwise, tolerance, "")
{
    return std::abs(std::get<0>(arg) - std::get<1>(arg)) <= tolerance;
}

class AttentionTest : public testing::Test
{
protected:
    std::shared_ptr<const Capture> sample()
    {
        writeSampleCapture(m_folder.file("sample.heed"));
        return Capture::open(m_folder.file("sample.heed"));
    }

    std::shared_ptr<const Capture> capture(const Manifest& manifest, const std::vector<NamedTensor>& tensors)
    {
        writeCapture(m_folder.file("made.heed"), manifest, tensors);
        return Capture::open(m_folder.file("made.heed"));
    }

    /// One head, one-dimensional vectors: the score of (query, key) is queries[query] · keys[key].
    std::shared_ptr<const Capture> oneHead(const std::vector<float>& queries, const std::vector<float>& keys,
                                           const std::vector<MaskRule>& mask, double scale = 1,
                                           std::optional<double> softCap = std::nullopt)
    {
        const auto rows = static_cast<std::int64_t>(queries.size());
        const auto columns = static_cast<std::int64_t>(keys.size());
        AttentionSite site = queriesKeysSite("site", "q", "k", 1, 1);
        site.mask = mask;
        site.scale = scale;
        site.softCap = softCap;
        return capture(manifestOf({plainAxis("q", rows), plainAxis("k", columns)}, {site}),
                       {{"site/q", {1, rows, 1}, queries}, {"site/k", {1, columns, 1}, keys}});
    }

    /// Which keys each query may look at, as rows of "x" and ".": a row's weights are positive exactly there.
    std::vector<std::string> visiblePairs(std::int64_t queries, std::int64_t keys, const std::vector<MaskRule>& mask)
    {
        const auto opened = oneHead(std::vector<float>(queries, 0), std::vector<float>(keys, 0), mask);
        std::vector<std::string> rows;
        for (std::int64_t query = 0; query < queries; ++query) {
            std::string row;
            for (float weight : readRow(*opened, {}, query))
                row += weight > 0 ? 'x' : '.';
            rows.push_back(row);
        }
        return rows;
    }

    TempFolder m_folder;
};

const std::vector<MapChoice> kSampleMaps = {
    {0, {1}, {}},
    {1, HeadChoice::mean(), {}},
    {2, {0}, {}},
    {2, {3}, {}},
    {2, HeadChoice::mean(), {}},
    {1, {2}, MapChoice::Factor{0, {1}}},
    {1, HeadChoice::mean(), MapChoice::Factor{0, HeadChoice::mean()}},
};

TEST_F(AttentionTest, StoredWeightsComeBackAsTheyAre)
{
    const std::vector<float> weights = randomFloats(2 * 3 * 4, 7);
    const auto opened = capture(manifestOf({plainAxis("q", 3), plainAxis("k", 4)}, {weightsSite("site", "q", "k", 2)}),
                                {{"site", {2, 3, 4}, weights}});
    EXPECT_EQ(readRow(*opened, {0, {1}, {}}, 2), std::vector<float>(weights.begin() + 20, weights.end()));
    EXPECT_EQ(readMap(*opened, {0, {0}, {}}), std::vector<float>(weights.begin(), weights.begin() + 12));
}

TEST_F(AttentionTest, ReadsWeightsOfEveryFloatingType)
{
    const Manifest manifest = manifestOf({plainAxis("q", 1), plainAxis("k", 2)}, {weightsSite("site", "q", "k", 1)});
    const auto rowOf = [&](DType dtype, std::span<const std::byte> bytes) {
        CaptureWriter writer(m_folder.file("typed.heed"));
        writer.addTensor("odd", DType::U8, {1}, bytes.first(1)); // nothing behind it is aligned
        writer.addTensor("site", dtype, {1, 1, 2}, bytes);
        writer.finish(manifest);
        return readRow(*Capture::open(m_folder.file("typed.heed")), {}, 0);
    };
    const std::uint16_t half[] = {0x3800, 0x3400};
    const std::uint16_t brain[] = {0x3f00, 0x3e80};
    const double wide[] = {0.5, 0.25};
    EXPECT_THAT(rowOf(DType::F16, std::as_bytes(std::span(half))), ElementsAre(0.5f, 0.25f));
    EXPECT_THAT(rowOf(DType::BF16, std::as_bytes(std::span(brain))), ElementsAre(0.5f, 0.25f));
    EXPECT_THAT(rowOf(DType::F64, std::as_bytes(std::span(wide))), ElementsAre(0.5f, 0.25f));
}

TEST_F(AttentionTest, ComputesSoftmaxOfScaledProducts)
{
    // scores 2 · ½ · (0, ln 2, ln 4)
    const float ln2 = std::log(2.0f);
    const auto opened = oneHead({2}, {0, ln2, 2 * ln2}, {}, 0.5);
    EXPECT_THAT(readRow(*opened, {}, 0), Pointwise(FloatNearPointwise(1e-7), {1 / 7.0f, 2 / 7.0f, 4 / 7.0f}));
}

TEST_F(AttentionTest, SoftCapBendsScoresBeforeTheMask)
{
    // 3 · tanh(6 / 3) against 0; the third key has the highest score, but is masked
    const auto opened = oneHead({1}, {6, 0, 50}, {KeyRangesMask{{{0, 2}}}}, 1, 3);
    const float capped = 1 / (1 + std::exp(-3 * std::tanh(2.0f)));
    EXPECT_THAT(readRow(*opened, {}, 0), Pointwise(FloatNearPointwise(1e-7), {capped, 1 - capped, 0.0f}));
}

TEST_F(AttentionTest, HugeScoresStayFinite)
{
    const auto opened = oneHead({1e4f}, {1e4f, 1e4f, -1e4f}, {});
    EXPECT_THAT(readRow(*opened, {}, 0), Pointwise(FloatNearPointwise(1e-7), {0.5f, 0.5f, 0.0f}));
}

TEST_F(AttentionTest, AScoreThatIsNoNumberSpoilsItsRowVisibly)
{
    const auto opened = oneHead({1, std::numeric_limits<float>::quiet_NaN()}, {1, 2}, {});
    EXPECT_THAT(readRow(*opened, {}, 0), Each(testing::Gt(0.0f)));
    EXPECT_THAT(readRow(*opened, {}, 1), Each(testing::IsNan()));
}

TEST_F(AttentionTest, MasksShowWhatTheirRulesAllow)
{
    EXPECT_THAT(visiblePairs(3, 3, {CausalMask{0}}), ElementsAre("x..", "xx.", "xxx"));
    EXPECT_THAT(visiblePairs(2, 4, {CausalMask{2}}), ElementsAre("xxx.", "xxxx"));
    EXPECT_THAT(visiblePairs(3, 2, {CausalMask{-1}}), ElementsAre("..", "x.", "xx"));
    EXPECT_THAT(visiblePairs(2, 5, {KeyRangesMask{{{0, 1}, {3, 4}}}}), Each("x..x."));
    EXPECT_THAT(visiblePairs(2, 3, {KeyRangesMask{}}), Each("..."));
    EXPECT_THAT(visiblePairs(4, 4, {WindowMask{1, 0}}), ElementsAre("x...", "xx..", ".xx.", "..xx"));
    EXPECT_THAT(visiblePairs(3, 5, {WindowMask{0, 2}}), ElementsAre("xxx..", ".xxx.", "..xxx"));
    EXPECT_THAT(visiblePairs(3, 3, {WindowMask{-1, 0}}), Each("..."));
    EXPECT_THAT(visiblePairs(5, 5, {BlocksMask{{0, 2}}}), ElementsAre("xx...", "xx...", "..xxx", "..xxx", "..xxx"));
    EXPECT_THAT(visiblePairs(4, 2, {BlocksMask{{0, 1, 3}}}), ElementsAre("x.", ".x", ".x", ".."));
    EXPECT_THAT(visiblePairs(3, 3, {CausalMask{0}, KeyRangesMask{{{1, 3}}}}), ElementsAre("...", ".x.", ".xx"));
}

TEST_F(AttentionTest, DenseMasksShowNonZeroPairs)
{
    AttentionSite site = queriesKeysSite("site", "q", "k", 1, 1);
    site.mask = {DenseMask{"mask"}};
    const std::vector<float> zeros(3, 0);
    const std::uint8_t visible[] = {1, 0, 2, 0, 0, 0};
    {
        CaptureWriter writer(m_folder.file("dense.heed"));
        writer.addTensor("mask", DType::U8, {2, 3}, std::as_bytes(std::span(visible)));
        writer.addTensor("site/q", DType::F32, {1, 2, 1}, bytesOf({0, 0}));
        writer.addTensor("site/k", DType::F32, {1, 3, 1}, bytesOf(zeros));
        writer.finish(manifestOf({plainAxis("q", 2), plainAxis("k", 3)}, {site}));
    }
    const auto opened = Capture::open(m_folder.file("dense.heed"));
    EXPECT_THAT(readRow(*opened, {}, 0), ElementsAre(0.5f, 0.0f, 0.5f));
    EXPECT_THAT(readRow(*opened, {}, 1), ElementsAre(0.0f, 0.0f, 0.0f));
}

TEST_F(AttentionTest, RowsAddUpToOne)
{
    const auto opened = sample();
    for (const MapChoice& map : kSampleMaps)
        for (std::int64_t query = 0; query < queryAxisOf(*opened, map).length; ++query) {
            const std::vector<float> row = readRow(*opened, map, query);
            EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1, 1e-6);
        }
}

TEST_F(AttentionTest, RowsColumnsAndMapsAgree)
{
    const auto opened = sample();
    for (const MapChoice& map : kSampleMaps) {
        const std::int64_t queries = queryAxisOf(*opened, map).length;
        const std::int64_t keys = keyAxisOf(*opened, map).length;
        const std::vector<float> whole = readMap(*opened, map);
        ASSERT_EQ(static_cast<std::int64_t>(whole.size()), queries * keys);
        for (std::int64_t query = 0; query < queries; ++query) {
            const std::vector<float> part(whole.begin() + query * keys, whole.begin() + (query + 1) * keys);
            EXPECT_THAT(readRow(*opened, map, query), Pointwise(FloatNearPointwise(1e-8), part));
        }
        for (std::int64_t key = 0; key < keys; ++key) {
            const std::vector<float> column = readColumn(*opened, map, key);
            ASSERT_EQ(static_cast<std::int64_t>(column.size()), queries);
            for (std::int64_t query = 0; query < queries; ++query)
                EXPECT_NEAR(column[query], whole[query * keys + key], 1e-8);
        }
    }
}

TEST_F(AttentionTest, AllHeadsAreTheRowsOfEachHead)
{
    const auto opened = sample();
    for (std::size_t site = 0; site < 3; ++site) {
        const int heads = opened->site(site).heads;
        const std::int64_t keys = opened->keyAxis(site).length;
        const std::vector<float> all = readAllHeads(*opened, site, 4);
        ASSERT_EQ(static_cast<std::int64_t>(all.size()), heads * keys);
        for (int head = 0; head < heads; ++head) {
            const std::vector<float> part(all.begin() + head * keys, all.begin() + (head + 1) * keys);
            EXPECT_THAT(readRow(*opened, {site, {head}, {}}, 4), Pointwise(FloatNearPointwise(1e-8), part));
        }
    }
}

TEST_F(AttentionTest, TheMeanIsTheMeanOfTheHeads)
{
    const auto opened = sample();
    for (std::size_t site = 0; site < 3; ++site) {
        const int heads = opened->site(site).heads;
        std::vector<double> sum(opened->keyAxis(site).length);
        for (int head = 0; head < heads; ++head) {
            const std::vector<float> row = readRow(*opened, {site, {head}, {}}, 1);
            std::ranges::transform(sum, row, sum.begin(), std::plus<>());
        }
        const std::vector<float> mean = readRow(*opened, {site, HeadChoice::mean(), {}}, 1);
        for (std::size_t key = 0; key < mean.size(); ++key)
            EXPECT_FLOAT_EQ(mean[key], static_cast<float>(sum[key] / heads));
    }
}

TEST_F(AttentionTest, TheComposedMapIsTheMatrixProduct)
{
    const auto opened = sample();
    const std::vector<float> first = readMap(*opened, {0, {1}, {}});                 // [5, 7]
    const std::vector<float> second = readMap(*opened, {1, HeadChoice::mean(), {}}); // [7, 9]
    const MapChoice composed{1, HeadChoice::mean(), MapChoice::Factor{0, {1}}};
    const std::vector<float> product = readMap(*opened, composed); // [5, 9]
    ASSERT_EQ(product.size(), 5 * 9);
    for (int query = 0; query < 5; ++query)
        for (int key = 0; key < 9; ++key) {
            double wanted = 0;
            for (int state = 0; state < 7; ++state)
                wanted += static_cast<double>(first[query * 7 + state]) * second[state * 9 + key];
            EXPECT_FLOAT_EQ(product[query * 9 + key], static_cast<float>(wanted));
        }
    EXPECT_EQ(queryAxisOf(*opened, composed).id, "words");
    EXPECT_EQ(keyAxisOf(*opened, composed).id, "patches");
}

/// Two sites with two heads each: [2 heads, 1 query, 3 keys] of literal weights.
class HeadSetTest : public AttentionTest
{
protected:
    std::shared_ptr<const Capture> twoSites()
    {
        Manifest manifest = manifestOf({plainAxis("q", 2), plainAxis("k", 3)},
                                       {weightsSite("a", "q", "k", 2), weightsSite("b", "q", "k", 2),
                                        weightsSite("other", "k", "k", 1), weightsSite("before", "q", "q", 1)});
        return capture(manifest, {{"a", {2, 2, 3}, {0.5f, 0.25f, 0.25f, 1, 0, 0, 0, 0, 1, 0, 1, 0}},
                                  {"b", {2, 2, 3}, {0.25f, 0.25f, 0.5f, 0, 1, 0, 0.5f, 0.5f, 0, 0, 0, 1}},
                                  {"other", {1, 3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1}},
                                  {"before", {1, 2, 2}, {0.5f, 0.5f, 0, 1}}});
    }
    static MapChoice setOf(const std::vector<SiteHead>& members, Reduction reduction)
    {
        return {members.front().site, members.front().head, {}, HeadSet{{}, members, reduction}};
    }
};

TEST_F(HeadSetTest, TheMeanIsTheMeanOfItsMembersAcrossSites)
{
    const auto opened = twoSites();
    const MapChoice map = setOf({{0, {0}}, {1, {1}}}, Reduction::Mean); // rows .5 .25 .25 and .5 .5 0
    EXPECT_THAT(readRow(*opened, map, 0), ElementsAre(0.5f, 0.375f, 0.125f));
    EXPECT_THAT(readMap(*opened, map), ElementsAre(0.5f, 0.375f, 0.125f, 0.5f, 0, 0.5f));
    EXPECT_THAT(readColumn(*opened, map, 2), ElementsAre(0.125f, 0.5f));
    EXPECT_EQ(map.set->label(), "mean of 2 heads");
}

TEST_F(HeadSetTest, TheMaximumTakesTheLargestWeightOfEachKey)
{
    const auto opened = twoSites();
    const MapChoice map = setOf({{0, {0}}, {0, {1}}, {1, {0}}}, Reduction::Max);
    EXPECT_THAT(readRow(*opened, map, 0), ElementsAre(0.5f, 0.25f, 1));
    EXPECT_THAT(readMap(*opened, map), ElementsAre(0.5f, 0.25f, 1, 1, 1, 0));
    EXPECT_THAT(readColumn(*opened, map, 1), ElementsAre(0.25f, 1));
    EXPECT_THAT(readKeySums(*opened, map, std::vector<std::uint8_t>{1, 1, 0}), ElementsAre(0.75f, 2));
    EXPECT_EQ(map.set->label(), "max of 3 heads, not a distribution");
}

TEST_F(HeadSetTest, AComposedSetReducesItsMembersProducts)
{
    const auto opened = twoSites();
    MapChoice map = setOf({{0, {0}}, {0, {1}}}, Reduction::Max);
    map.first = SiteHead{3, {0}}; // row 0: half of each query's row
    // ½ (.5 .25 .25) + ½ (1 0 0) and ½ (0 0 1) + ½ (0 1 0)
    EXPECT_THAT(readRow(*opened, map, 0), ElementsAre(0.75f, 0.5f, 0.5f));
    EXPECT_THAT(readColumn(*opened, map, 1), ElementsAre(0.5f, 1));
}

TEST_F(HeadSetTest, AllHeadsOfASiteAreItsMean)
{
    const auto opened = twoSites();
    EXPECT_EQ(readMap(*opened, setOf({{1, {0}}, {1, {1}}}, Reduction::Mean)),
              readMap(*opened, {1, HeadChoice::mean(), {}}));
}

TEST_F(HeadSetTest, RefusesMembersThatDoNotFitTogether)
{
    const auto opened = twoSites();
    EXPECT_THROW(readRow(*opened, setOf({{0, {0}}, {2, {0}}}, Reduction::Mean), 0), Error);
    EXPECT_THROW(readRow(*opened, setOf({{0, {0}}, {9, {0}}}, Reduction::Mean), 0), Error);
    EXPECT_THROW(readRow(*opened, setOf({{0, {0}}, {1, {2}}}, Reduction::Mean), 0), Error);
    EXPECT_THROW(keyAxisOf(*opened, MapChoice{0, {0}, {}, HeadSet{}}), Error);
}

TEST_F(HeadSetTest, ComesAgainInAnotherCaptureByTheNamesOfItsSites)
{
    const auto opened = twoSites();
    const HeadSet set{"pair", {{1, {1}}, {0, HeadChoice::mean()}}, Reduction::Max};
    const SavedHeadSet saved = savedSet(*opened, set);
    EXPECT_EQ(setIn(*opened, saved), set);
    SavedHeadSet renamed = saved;
    renamed.members[0].site = "run/c";
    EXPECT_EQ(setIn(*opened, renamed), std::nullopt);
    SavedHeadSet tooMany = saved;
    tooMany.members[0].head = 2;
    EXPECT_EQ(setIn(*opened, tooMany), std::nullopt);
    SavedHeadSet mixed = saved;
    mixed.members.push_back({"run/other", 0});
    EXPECT_EQ(setIn(*opened, mixed), std::nullopt);
}

/// 70 × 2^22 weights of the first factor are more than anything may hold at once; the product has 140 values.
TEST_F(AttentionTest, aProductThroughALongAxisIsReadInParts)
{
    constexpr std::int64_t kInner = std::int64_t{1} << 22;
    AttentionSite first = queriesKeysSite("first", "q", "inner", 1, 1);
    first.mask = {
        KeyRangesMask{{{0, 1}, {kInner - 1, kInner}}}}; // equal scores: half of the first row, half of the last
    std::vector<float> second(2 * kInner, 9);
    second[0] = 0.25f;
    second[1] = 0.75f;
    second[2 * kInner - 2] = 0.5f;
    second[2 * kInner - 1] = 0.5f;
    const auto opened = capture(manifestOf({plainAxis("q", 70), plainAxis("inner", kInner), plainAxis("k", 2)},
                                           {first, weightsSite("second", "inner", "k", 1)}),
                                {{"first/q", {1, 70, 1}, std::vector<float>(70)},
                                 {"first/k", {1, kInner, 1}, std::vector<float>(kInner)},
                                 {"second", {1, kInner, 2}, second}});
    const MapChoice composed{1, {0}, SiteHead{0, {0}}};
    std::vector<float> product;
    EXPECT_LT(peakGrowth([&] { product = readMap(*opened, composed); }), std::size_t{300} << 20);
    ASSERT_EQ(product.size(), 140U);
    for (std::size_t row = 0; row < 70; ++row) {
        EXPECT_FLOAT_EQ(product[2 * row], 0.375f);
        EXPECT_FLOAT_EQ(product[2 * row + 1], 0.625f);
    }
}

TEST_F(AttentionTest, PermutingHeadsPermutesTheirMaps)
{
    const std::int64_t heads = 4;
    const std::int64_t queryFloats = 3 * 2;
    const std::int64_t keyFloats = 5 * 2;
    const std::vector<float> queries = randomFloats(heads * queryFloats, 11);
    const std::vector<float> keys = randomFloats(heads * keyFloats, 12);
    const int order[] = {2, 0, 3, 1};
    std::vector<float> otherQueries;
    std::vector<float> otherKeys;
    for (int head : order) {
        otherQueries.insert(otherQueries.end(), queries.begin() + head * queryFloats,
                            queries.begin() + (head + 1) * queryFloats);
        otherKeys.insert(otherKeys.end(), keys.begin() + head * keyFloats, keys.begin() + (head + 1) * keyFloats);
    }
    const Manifest manifest =
        manifestOf({plainAxis("q", 3), plainAxis("k", 5)}, {queriesKeysSite("site", "q", "k", heads, heads)});
    const auto plain = capture(manifest, {{"site/q", {4, 3, 2}, queries}, {"site/k", {4, 5, 2}, keys}});
    std::vector<std::vector<float>> maps;
    for (int head = 0; head < heads; ++head)
        maps.push_back(readMap(*plain, {0, {head}, {}}));
    const auto permuted = capture(manifest, {{"site/q", {4, 3, 2}, otherQueries}, {"site/k", {4, 5, 2}, otherKeys}});
    for (int head = 0; head < heads; ++head)
        EXPECT_EQ(readMap(*permuted, {0, {head}, {}}), maps[order[head]]);
}

TEST_F(AttentionTest, GroupedHeadsShareTheirKeys)
{
    // 4 heads on 2 key heads, equal queries everywhere: heads 0, 1 and heads 2, 3 look alike
    const std::vector<float> queries(4 * 1 * 2, 1.0f);
    const std::vector<float> keys = {1, 0, 0, 0, 0, 0, 0, 3};
    const auto opened =
        capture(manifestOf({plainAxis("q", 1), plainAxis("k", 2)}, {queriesKeysSite("site", "q", "k", 4, 2)}),
                {{"site/q", {4, 1, 2}, queries}, {"site/k", {2, 2, 2}, keys}});
    const float low = 1 / (1 + std::exp(1.0f));
    const float lower = 1 / (1 + std::exp(3.0f));
    EXPECT_THAT(readAllHeads(*opened, 0, 0),
                Pointwise(FloatNearPointwise(1e-7), {1 - low, low, 1 - low, low, lower, 1 - lower, lower, 1 - lower}));
}

template <typename Call>
void expectRefused(ErrorKind kind, Call call)
{
    try {
        call();
        ADD_FAILURE() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), kind) << error.what();
    }
}

TEST_F(AttentionTest, RefusesWhatDoesNotExist)
{
    const auto opened = sample();
    const auto refuses = [&](const MapChoice& map, std::int64_t query) {
        expectRefused(ErrorKind::InvalidRequest, [&] { readRow(*opened, map, query); });
    };
    refuses({0, {2}, {}}, 0);
    refuses({0, {-2}, {}}, 0);
    refuses({3, {0}, {}}, 0);
    refuses({0, {0}, {}}, 5);
    refuses({0, {0}, {}}, -1);
    refuses({0, {0}, MapChoice::Factor{1, {0}}}, 0); // patches are no words
    refuses({1, {0}, MapChoice::Factor{0, {2}}}, 0);
    expectRefused(ErrorKind::InvalidRequest, [&] { readColumn(*opened, {}, 7); });
    expectRefused(ErrorKind::InvalidRequest, [&] { readAllHeads(*opened, 3, 0); });
    expectRefused(ErrorKind::InvalidRequest, [&] { readAllHeads(*opened, 0, 5); });
    std::vector<float> tooShort(6);
    expectRefused(ErrorKind::InvalidRequest, [&] { readRow(*opened, {}, 0, tooShort); });
}

TEST_F(AttentionTest, LabelsHeads)
{
    EXPECT_EQ(HeadChoice{2}.label(4), "head 2");
    EXPECT_EQ(HeadChoice::mean().label(4), "mean of 4 heads");
}

} // namespace
