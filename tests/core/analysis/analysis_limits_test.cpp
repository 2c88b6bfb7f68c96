#include "core/analysis/analysis_registry.h"
#include "core/analysis/map_statistics.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/base/peak_memory.h"
#include "tests/core/base/temp_folder.h"
#include "tests/core/capture/capture_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap {
namespace {

using namespace test;

constexpr std::size_t kMiB = std::size_t{1} << 20;

/// What analyses need for captures that are small on disk, and large if they are read carelessly.
class AnalysisLimits : public testing::Test
{
protected:
    std::shared_ptr<const Capture> written(const Manifest& manifest, const std::vector<NamedTensor>& tensors)
    {
        writeCapture(m_folder.file("a.heed"), manifest, tensors);
        return Capture::open(m_folder.file("a.heed"));
    }

    TempFolder m_folder;
};

NamedTensor constantTensor(const std::string& name, const Shape& shape, float value)
{
    return {name, shape, std::vector<float>(checkedByteCount(shape, 1), value)};
}

TEST_F(AnalysisLimits, ValueNormsAreReadOfTheShownHeadAlone)
{
    constexpr std::int64_t kKeys = 1 << 16;
    AttentionSite site = weightsSite("wide", "one", "many", 64);
    site.valueNorms = "norms";
    std::vector<float> norms(64 * kKeys, 7);
    for (std::int64_t key = 0; key < kKeys; ++key)
        norms[static_cast<std::size_t>(3 * kKeys + key)] = static_cast<float>(key % 5);
    const auto capture = written(manifestOf({plainAxis("one", 1), plainAxis("many", kKeys)}, {site}),
                                 {constantTensor("wide", {64, 1, kKeys}, 0.5f), {"norms", {64, kKeys}, norms}});
    AnalysisResult result;
    const AnalysisScope scope{"wide", {0, {3}, std::nullopt}, {}};
    EXPECT_LT(
        peakGrowth([&] { result = runAnalysis(AnalysisSettings(analysisById("value_weighted")), *capture, scope); }),
        8 * kMiB);
    EXPECT_EQ(result.map[4], 2);
    EXPECT_EQ(result.map[5], 0);
}

TEST_F(AnalysisLimits, StatisticsOfTooManyKeysAreRefusedBeforeTheyAreListed)
{
    constexpr std::int64_t kKeys = std::int64_t{1} << 23;
    TokenAxis patches = plainAxis("patches", kKeys);
    patches.segments.front().kind = SegmentKind::PatchGrid;
    patches.segments.front().grid = {1 << 11, 1 << 12, 1, {}};
    AttentionSite site = queriesKeysSite("wide", "one", "patches", 1, 1);
    const auto capture = written(manifestOf({plainAxis("one", 1), patches}, {site}),
                                 {constantTensor("wide/q", {1, 1, 1}, 1), constantTensor("wide/k", {1, kKeys, 1}, 1)});
    const MapStatisticsRequest request{{0}, std::nullopt, {"all", "all", {0}}};
    const std::size_t growth = peakGrowth(
        [&] { expectError(ErrorKind::TooLarge, {"patches"}, [&] { computeMapStatistics(*capture, request); }); });
    EXPECT_LT(growth, 8 * kMiB);
    EXPECT_THROW(MapAccumulator(patches, patches, kDormantAbove), Error);
}

TEST_F(AnalysisLimits, TheHeadsOfASiteShareWhatIsKnownOfItsKeys)
{
    constexpr std::int64_t kKeys = 1 << 17;
    TokenAxis patches = plainAxis("patches", kKeys);
    patches.segments.front().kind = SegmentKind::PatchGrid;
    patches.segments.front().grid = {1 << 8, 1 << 9, 1, {}};
    const MapAccumulator first(patches, patches, kDormantAbove);
    std::vector<MapAccumulator> heads;
    const std::size_t growth = peakGrowth([&] {
        for (int head = 0; head < 32; ++head)
            heads.push_back(first.forAnotherHead());
    });
    EXPECT_LT(growth, 32 * kKeys * 24); // two numbers a key, not fifteen
}

TEST_F(AnalysisLimits, StatisticsOfQueriesThatAreNotThereAreRefused)
{
    writeSampleCapture(m_folder.file("sample.heed"));
    const auto capture = Capture::open(m_folder.file("sample.heed"));
    for (const std::string site : {"first", "computed"})
        for (const std::int64_t query : {-1, 5})
            expectError(ErrorKind::InvalidRequest, {"no query", "0 to 4"}, [&] {
                computeMapStatistics(*capture, {{capture->siteIndex(site)}, std::nullopt, {"", "", {0, query}}});
            });
}

/// A site whose map is small, on axes whose squares are not: nobody may make an identity of 2^18 × 2^18 values.
TEST_F(AnalysisLimits, RelevanceOfALongAxisNeedsNoSquareOfIt)
{
    constexpr std::int64_t kMany = std::int64_t{1} << 18;
    AttentionSite seen = weightsSite("seen", "few", "many", 1);
    AttentionSite behind = weightsSite("behind", "many", "few", 1);
    seen.values = "seen/v";
    seen.outputGradients = "seen/g";
    seen.order = 1;
    behind.values = "behind/v";
    behind.outputGradients = "behind/g";
    Manifest manifest = manifestOf({plainAxis("few", 2), plainAxis("many", kMany)}, {seen, behind});
    CaptureOutput score;
    score.id = "match";
    score.isText = false;
    score.scores = {{"match", 0.5, "probability"}};
    manifest.outputs = {score};
    manifest.gradientTarget = GradientTarget{"match", {}, 0, {}, "match", GradientQuantity::Value, 0.5};
    std::vector<NamedTensor> tensors{constantTensor("seen", {1, 2, kMany}, 0.5f),
                                     constantTensor("seen/v", {1, kMany, 1}, 3), constantTensor("seen/g", {1, 2, 1}, 2),
                                     constantTensor("behind", {1, kMany, 2}, 0.5f),
                                     constantTensor("behind/v", {1, 2, 1}, 1)};
    const AnalysisSettings settings(analysisById("relevance"));
    manifest.sites[1].values.clear();
    manifest.sites[1].outputGradients.clear();
    const auto oneWay = written(manifest, {tensors.begin(), tensors.begin() + 4});
    AnalysisResult result;
    EXPECT_LT(peakGrowth([&] {
                  result = runAnalysis(settings, *oneWay, {"seen", {0, {0}, std::nullopt}, {}});
              }),
              64 * kMiB);
    EXPECT_THAT(result.map, testing::Each(0.5f * 2 * 3)); // rule 10 with both R̄ the identity
    // Once the few have something from the many, and the many look at the few, their stream is 2^18 × 2^18.
    manifest.sites[0].order = 0;
    manifest.sites[1] = behind;
    manifest.sites[1].order = 1;
    tensors.push_back(constantTensor("behind/g", {1, kMany, 1}, 1));
    const auto bothWays = written(manifest, tensors);
    const std::size_t growth = peakGrowth([&] {
        expectError(ErrorKind::TooLarge, {"more than an analysis takes"}, [&] {
            runAnalysis(settings, *bothWays, {"seen", {0, {0}, std::nullopt}, {}});
        });
    });
    EXPECT_LT(growth, 64 * kMiB);
}

/// At most so many multiplications: what the GUI's thread may do at once is decided by it.
TEST_F(AnalysisLimits, TheStatedCostIsNoLessThanTheWork)
{
    AttentionSite wide = queriesKeysSite("wide", "few", "few", 1, 1);
    AttentionSite first = queriesKeysSite("first", "few", "inner", 4, 4);
    AttentionSite second = queriesKeysSite("second", "inner", "pair", 8, 8);
    AttentionSite seen = weightsSite("seen", "many", "pair", 1);
    seen.values = "seen/v";
    seen.outputGradients = "seen/g";
    Manifest manifest =
        manifestOf({plainAxis("few", 20), plainAxis("inner", 200), plainAxis("pair", 2), plainAxis("many", 3000)},
                   {wide, first, second, seen});
    CaptureOutput score;
    score.id = "match";
    score.isText = false;
    score.scores = {{"match", 0.5, "probability"}};
    manifest.outputs = {score};
    manifest.gradientTarget = GradientTarget{"match", {}, 0, {}, "match", GradientQuantity::Value, 0.5};
    const auto capture =
        written(manifest, {constantTensor("wide/q", {1, 20, 20000}, 0), constantTensor("wide/k", {1, 20, 20000}, 0),
                           constantTensor("first/q", {4, 20, 300}, 0), constantTensor("first/k", {4, 200, 300}, 0),
                           constantTensor("second/q", {8, 200, 1}, 0), constantTensor("second/k", {8, 2, 1}, 0),
                           constantTensor("seen", {1, 3000, 2}, 0.5f), constantTensor("seen/v", {1, 2, 1}, 0),
                           constantTensor("seen/g", {1, 3000, 1}, 0)});
    const auto cost = [&](const char* id, const AnalysisScope& scope) {
        return costOfAnalysis(analysisById(id), *capture, scope);
    };
    EXPECT_GE(cost("raw", {"wide", {0, {0}, std::nullopt}, {}}), 20.0 * 20 * 20000) << "long vectors";
    const AnalysisScope composed{"composed", {2, HeadChoice::mean(), SiteHead{1, HeadChoice::mean()}}, {}};
    EXPECT_GE(cost("mean", composed), 8.0 * 4 * 20 * 200 * 300) << "the first factor, once for each head of the second";
    EXPECT_GE(cost("relevance", {"seen", {3, {0}, std::nullopt}, {}}), 3000.0 * 3000 * 2) << "rule 10";
}

} // namespace
} // namespace heedmap
