#include "core/analysis/head_filter.h"
#include "core/analysis/map_statistics.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "tests/core/base/temp_folder.h"
#include "tests/core/capture/stored_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace heedmap {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::filesystem::path fixtures()
{
    return std::filesystem::path(HEEDMAP_SOURCE_DIR) / "tests/fixtures";
}

std::shared_ptr<const Capture> exampleCapture(const std::string& name)
{
    return Capture::open(fixtures() / "capture" / (name + ".heed"));
}

MapStatisticsRequest requestFor(const Capture& capture, const std::string& site, std::vector<std::int64_t> queries)
{
    MapStatisticsRequest request;
    request.sites = {capture.siteIndex(site)};
    request.queries = {"chosen", "chosen", std::move(queries)};
    return request;
}

void expectSameStatistics(const MapStatisticsResult& result, const Json& expectedHeads, const std::string& where)
{
    ASSERT_EQ(result.heads.size(), expectedHeads.size()) << where;
    for (std::size_t head = 0; head < result.heads.size(); ++head) {
        const Json& expected = expectedHeads[head]["values"];
        EXPECT_EQ(result.columns.size(), expected.size()) << where;
        for (std::size_t column = 0; column < result.columns.size(); ++column) {
            const std::string& id = result.columns[column].id;
            const double value = result.heads[head].values[column];
            ASSERT_TRUE(expected.contains(id)) << where << " " << id;
            if (expected[id].is_null())
                EXPECT_TRUE(std::isnan(value)) << where << " head " << head << " " << id;
            else
                EXPECT_NEAR(value, expected[id].get<double>(), 1e-5) << where << " head " << head << " " << id;
        }
        EXPECT_EQ(result.heads[head].sinkKey, expectedHeads[head]["sink_key"].get<std::int64_t>()) << where;
    }
}

TEST(MapStatistics, EqualNumPyInDoublePrecision)
{
    const Json answers =
        parseJson(readTextFile(fixtures() / "analysis/statistics.json", std::size_t{1} << 26), "statistics.json");
    ASSERT_GT(answers.size(), 20u);
    for (const Json& answer : answers) {
        const auto capture = exampleCapture(answer["capture"]);
        MapStatisticsRequest request =
            requestFor(*capture, answer["site"], answer["queries"].get<std::vector<std::int64_t>>());
        if (request.queries.positions.empty())
            continue;
        request.dormantAbove = answer["dormant_above"];
        expectSameStatistics(computeMapStatistics(*capture, request), answer["heads"], answer["site"]);
    }
}

/// CLS, then a grid of 2 × 2 patches, then two words: one sequence.
TokenAxis jointAxis()
{
    AxisSegment special;
    special.kind = SegmentKind::Special;
    special.length = 1;
    special.tokens = {{"CLS", {}, {}, true}};
    AxisSegment patches;
    patches.kind = SegmentKind::PatchGrid;
    patches.begin = 1;
    patches.length = 4;
    patches.input = "picture";
    patches.grid = {2, 2, 1, Affine{10, 0, 0, 0, 10, 0}};
    AxisSegment text;
    text.kind = SegmentKind::Text;
    text.begin = 5;
    text.length = 2;
    text.input = "prompt";
    text.tokens = {{"red", {}, {}, false}, {"ball", {}, {}, false}};
    return {"sequence", 7, {special, patches, text}};
}

double valueOf(const MapAccumulator& sums, const TokenAxis& axis, const std::string& id)
{
    const std::vector<MapStatistic> columns = mapStatisticsOf(axis, axis, kDormantAbove);
    const auto found = std::ranges::find(columns, id, &MapStatistic::id);
    return sums.values()[static_cast<std::size_t>(found - columns.begin())];
}

/// A known trap: a "mean attention" of maps that were divided by their own maximum first is peakedness.
TEST(MapStatistics, AMassIsAMassHoweverPeakedTheMapIs)
{
    const TokenAxis axis = jointAxis();
    MapAccumulator even(axis, axis, kDormantAbove);
    MapAccumulator peaked(axis, axis, kDormantAbove);
    even.add(5, std::vector<float>{0.5f, 0.125f, 0.125f, 0.125f, 0.125f, 0, 0});
    peaked.add(5, std::vector<float>{0.5f, 0.5f, 0, 0, 0, 0, 0});
    for (const char* id : {"picture_mass", "special_mass", "mass:picture"}) {
        EXPECT_DOUBLE_EQ(valueOf(even, axis, id), 0.5) << id;
        EXPECT_DOUBLE_EQ(valueOf(peaked, axis, id), 0.5) << id;
    }
    EXPECT_DOUBLE_EQ(valueOf(even, axis, "text_mass"), 0);
    EXPECT_GT(valueOf(even, axis, "entropy"), valueOf(peaked, axis, "entropy"));
    EXPECT_DOUBLE_EQ(valueOf(even, axis, "confidence_ordinary"), 0.125);
}

/// Another: special tokens before the patches shift the grid, so that distances come out wrong.
TEST(MapStatistics, PatchesKeepTheirPlacesBehindSpecialTokens)
{
    const TokenAxis axis = jointAxis();
    MapAccumulator sums(axis, axis, kDormantAbove);
    sums.add(1, std::vector<float>{0, 0, 0, 0, 1, 0, 0}); // the upper left patch looks at the lower right one
    EXPECT_NEAR(valueOf(sums, axis, "patch_distance"), std::sqrt(2.0), 1e-12);
    EXPECT_DOUBLE_EQ(valueOf(sums, axis, "distance"), 3);
    EXPECT_DOUBLE_EQ(valueOf(sums, axis, "extent"), 0);
}

TEST(MapStatistics, TheSinkIsTheSameKeyForAllQueriesAndDormancyCountsItsRows)
{
    const TokenAxis axis = jointAxis();
    MapAccumulator sums(axis, axis, kDormantAbove);
    sums.add(5, std::vector<float>{0.9f, 0, 0, 0, 0, 0.1f, 0});
    sums.add(6, std::vector<float>{0.1f, 0.9f, 0, 0, 0, 0, 0}); // as sharp, but at another key
    EXPECT_EQ(sums.sinkKey(), 0);
    EXPECT_NEAR(valueOf(sums, axis, "sink"), 0.5, 1e-6);
    EXPECT_DOUBLE_EQ(valueOf(sums, axis, "dormant"), 0.5);
    EXPECT_NEAR(valueOf(sums, axis, "confidence"), 0.9, 1e-6);
}

TEST(MapStatistics, RowsWithoutWeightSayNothing)
{
    const TokenAxis axis = jointAxis();
    MapAccumulator sums(axis, axis, kDormantAbove);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    sums.add(0, std::vector<float>(7, 0.0f));
    sums.add(1, std::vector<float>(7, nan));
    for (const double value : sums.values())
        EXPECT_TRUE(std::isnan(value));
    EXPECT_FALSE(sums.sinkKey());
    sums.add(5, std::vector<float>{nan, 0, 0, 0, 0, 1, 0});
    EXPECT_DOUBLE_EQ(valueOf(sums, axis, "text_mass"), 1);
    EXPECT_DOUBLE_EQ(valueOf(sums, axis, "effective_keys"), 1);
    EXPECT_TRUE(std::isnan(valueOf(sums, axis, "extent"))); // no weight on the picture
}

TEST(MapStatistics, PartsOfAnAxisAreDisjointAndCoverIt)
{
    for (const char* name : {"blip", "whisper", "joint", "weights_only"}) {
        const auto capture = exampleCapture(name);
        for (const auto& [id, axis] : capture->manifest().axes)
            for (const std::vector<AxisPart>& parts : {modalitiesOf(axis), segmentsOf(axis)}) {
                std::vector<std::int64_t> all;
                for (const AxisPart& part : parts)
                    all.insert(all.end(), part.positions.begin(), part.positions.end());
                std::ranges::sort(all);
                ASSERT_EQ(static_cast<std::int64_t>(all.size()), axis.length) << id;
                EXPECT_EQ(std::ranges::adjacent_find(all), all.end()) << id;
            }
    }
}

TEST(MapStatistics, QuerySetsAreNamedAndLeaveSpecialTokensOutUnlessAsked)
{
    const auto blip = exampleCapture("blip");
    const std::vector<AxisPart> question = querySetsOf(*blip, "question");
    EXPECT_EQ(question.front().id, "ordinary");
    EXPECT_THAT(question.front().positions, ElementsAre(1, 2, 3, 4, 5, 6));
    EXPECT_EQ(question[1].positions.size(), 8u);
    const std::vector<AxisPart> answer = querySetsOf(*blip, "answer");
    const auto generated = std::ranges::find(answer, "generated", &AxisPart::id);
    ASSERT_NE(generated, answer.end());
    EXPECT_THAT(generated->positions, ElementsAre(0, 1)); // [DEC] predicted "red"
    const std::vector<AxisPart> joint = segmentsOf(exampleCapture("joint")->manifest().axis("sequence"));
    std::vector<std::string> names;
    for (const AxisPart& part : joint)
        names.push_back(part.id);
    EXPECT_THAT(names, ElementsAre("prompt", "picture", "<newline>", "reply"));
    EXPECT_THAT(joint[2].positions, ElementsAre(7, 12));
}

TEST(MapStatistics, SamplesAreEvenAndAlwaysTheSame)
{
    std::vector<std::int64_t> positions(100);
    for (std::size_t i = 0; i < positions.size(); ++i)
        positions[i] = 1000 + static_cast<std::int64_t>(i);
    EXPECT_THAT(sampledPositions(positions, 4), ElementsAre(1012, 1037, 1062, 1087));
    EXPECT_EQ(sampledPositions(positions, 100), positions);
    const auto capture = exampleCapture("joint");
    MapStatisticsRequest request = requestFor(*capture, "layers.0.causal", {1, 2, 3, 4, 5, 6, 7, 8});
    request.mostQueries = 4;
    const MapStatisticsResult sampled = computeMapStatistics(*capture, request);
    EXPECT_EQ(sampled.coverage(), "sampled 4 of 8 queries");
    EXPECT_TRUE(sampled.isSampled());
    const MapStatisticsResult same =
        computeMapStatistics(*capture, requestFor(*capture, "layers.0.causal", {2, 4, 6, 8}));
    EXPECT_EQ(same.coverage(), "all 4 queries");
    EXPECT_EQ(sampled.heads[3].values, same.heads[3].values);
}

TEST(MapStatistics, LayersArriveOneByOneAndCanBeStopped)
{
    const auto capture = exampleCapture("joint");
    MapStatisticsRequest request = requestFor(*capture, "layers.0.causal", {1, 5, 14});
    request.sites = capture->manifest().sitesOfGroup("joint");
    std::stop_source stop;
    std::size_t arrived = 0;
    const auto onHeads = [&](std::span<const HeadSummary> heads) {
        arrived += heads.size();
        if (arrived == 12)
            stop.request_stop();
    };
    try {
        computeMapStatistics(*capture, request, stop.get_token(), onHeads);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Cancelled);
    }
    EXPECT_EQ(arrived, 12u);
    EXPECT_EQ(computeMapStatistics(*capture, request).heads.size(), 42u);
}

TEST(MapStatistics, AComposedHeadIsTheProductOfItsSteps)
{
    const auto capture = exampleCapture("blip");
    MapStatisticsRequest request;
    request.sites = capture->manifest().sitesOfGroup("question_picture");
    request.first =
        SiteHead{capture->siteIndex("text_decoder.bert.encoder.layer.0.crossattention.self"), HeadChoice{1}};
    request.queries = {"all", "all", {0, 1}};
    const MapStatisticsResult result = computeMapStatistics(*capture, request);
    ASSERT_EQ(result.heads.size(), 8u);
    const std::vector<float> map = readMap(*capture, {request.sites[1], HeadChoice{2}, request.first});
    double mass = 0;
    for (std::size_t i = 0; i < map.size(); ++i)
        mass += i % 37 == 0 ? 0 : map[i] / 2.0; // key 0 is CLS
    EXPECT_NEAR(result.heads[6].values[result.column("picture_mass")], mass, 1e-6);
}

/// Layers of other shapes in one group: nothing may be stacked blindly.
TEST(MapStatistics, SitesOfDifferentAxesAreRefused)
{
    const auto capture = exampleCapture("blip");
    MapStatisticsRequest request = requestFor(*capture, "vision_model.encoder.layers.0.self_attn", {0});
    request.sites.push_back(capture->siteIndex("text_encoder.encoder.layer.0.attention.self"));
    EXPECT_THROW(computeMapStatistics(*capture, request), Error);
    request.sites.clear();
    EXPECT_THROW(computeMapStatistics(*capture, request), Error);
}

TEST(MapStatistics, EveryColumnSaysWhatItIs)
{
    const TokenAxis axis = jointAxis();
    for (const MapStatistic& statistic : mapStatisticsOf(axis, axis, 0.25))
        for (const std::string& text :
             {statistic.id, statistic.title, statistic.formula, statistic.source, statistic.unit})
            EXPECT_FALSE(text.empty()) << statistic.id;
}

TEST(HeadFilter, WordsAndComparisonsMustAllHold)
{
    MapStatisticsResult statistics;
    statistics.columns = {{"picture_mass", "", "", "", "", ""}, {"entropy", "", "", "", "", ""}};
    const HeadSummary head{{}, {0.6, std::numeric_limits<double>::quiet_NaN()}, {}};
    const auto accepts = [&](const char* text) { return HeadFilter(text, statistics).accepts("L3.H1", head); };
    EXPECT_TRUE(accepts(""));
    EXPECT_TRUE(accepts("l3"));
    EXPECT_FALSE(accepts("L4"));
    EXPECT_TRUE(accepts("picture_mass > 0.5"));
    EXPECT_TRUE(accepts("picture_mass>=0.6 H1"));
    EXPECT_FALSE(accepts("picture_mass > 0.5 H2"));
    EXPECT_FALSE(accepts("entropy < 9")); // says nothing
    EXPECT_FALSE(accepts("entropy >= 0"));
}

/// Segments are named after tokens, and "<s>" is a usual one.
TEST(HeadFilter, ColumnsWhoseNamesHoldOperatorsAndBlanks)
{
    MapStatisticsResult statistics;
    for (const char* id : {"mass:<s>", "mass:<s> = big", "mass:the prompt", "mass"})
        statistics.columns.push_back({id, "", "", "", "", ""});
    const HeadSummary head{{}, {0.1, 0.2, 0.3, 0.4}, {}};
    const auto accepts = [&](const char* text) { return HeadFilter(text, statistics).accepts("L3.H1", head); };
    EXPECT_TRUE(accepts("mass:<s> < 0.15"));
    EXPECT_FALSE(accepts("mass:<s>>0.15"));
    EXPECT_TRUE(accepts("mass:<s> = big > 0.15"));
    EXPECT_TRUE(accepts("L3 mass:the prompt>=0.3 mass:<s><=0.1 mass > 0.35"));
    EXPECT_FALSE(accepts("mass")); // a word of the label
}

TEST(HeadFilter, WrongOnesSayWhatIsWrong)
{
    MapStatisticsResult statistics;
    statistics.columns = {{"picture_mass", "", "", "", "", ""}, {"entropy", "", "", "", "", ""}};
    const auto message = [&](const char* text) -> std::string {
        try {
            HeadFilter(text, statistics);
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    };
    EXPECT_THAT(message("entropi > 1"), HasSubstr("did you mean entropy"));
    EXPECT_THAT(message("entropy >"), HasSubstr("with a number"));
    EXPECT_THAT(message("entropy > much"), HasSubstr("much"));
    EXPECT_THAT(message("> 1"), HasSubstr("needs a column"));
    EXPECT_THAT(message("entropy <> 1"), HasSubstr("compares nothing"));
}

TEST(MapStatistics, AreThoseOfTheStoredHeadsAndQueriesAndSaySo)
{
    const TempFolder folder;
    const auto whole = exampleCapture("weights_only");
    const AttentionSite& site = whole->site(0);
    ASSERT_EQ(site.heads, 8);
    const auto part =
        test::writePart(*whole, {{{site.key(), {0, 2}}}, {{site.queryAxis, {1}}}}, folder.file("part.heed"));
    MapStatisticsRequest request;
    request.sites = {0};
    request.queries = querySetsOf(*part, site.queryAxis).front();
    EXPECT_THAT(request.queries.positions, ElementsAre(1));
    const MapStatisticsResult result = computeMapStatistics(*part, request);
    EXPECT_TRUE(result.isComplete());
    EXPECT_THAT(result.coverage(), HasSubstr("are not stored"));
    ASSERT_EQ(result.heads.size(), 2u);
    EXPECT_EQ(result.heads[1].head, (SiteHead{0, HeadChoice{2}}));
    const MapStatisticsResult all = computeMapStatistics(*whole, request);
    EXPECT_EQ(result.heads[1].values.size(), all.heads[2].values.size());
    for (std::size_t i = 0; i < all.heads[2].values.size(); ++i)
        if (!std::isnan(all.heads[2].values[i]))
            EXPECT_DOUBLE_EQ(result.heads[1].values[i], all.heads[2].values[i]);
}

} // namespace
} // namespace heedmap
