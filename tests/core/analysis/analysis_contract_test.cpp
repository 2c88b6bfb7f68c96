#include "core/analysis/analysis_registry.h"
#include "core/base/error.h"
#include "core/capture/capture_writer.h"
#include "tests/core/base/temp_folder.h"
#include "tests/core/capture/stored_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace heedmap {
namespace {

using test::KeptPart;
using test::writePart;
using testing::HasSubstr;

/// A capture to meet every analysis: "words" look at themselves and at "patches".
struct OddScene
{
    const char* name;
    std::int64_t words = 3;
    int rows = 2;
    int columns = 2;
    int frames = 1;
    bool isComplete = true; ///< with values, value norms and gradients
    bool isBroken = false;  ///< the last weight of each tensor is no number
    bool hasSites = true;
    bool storesWeights = true;
    KeptPart part = {};     ///< what is kept of it; empty: everything
    bool leavesOut = false; ///< a third layer of self-attention
};

/// One head of every other module.
std::map<std::string, std::vector<std::int64_t>> someHeads(std::int64_t head)
{
    return {{"run/self.0", {head}}, {"run/cross.1", {head}}, {"run/seen.0", {head}}};
}

const OddScene kScenes[] = {
    {"usual"},
    {"one by one", 1, 1, 1},
    {"not square", 2, 1, 31},
    {"several frames", 3, 2, 3, 4},
    {"without values or gradients", 3, 2, 2, 1, false},
    {"not a number", 3, 2, 2, 1, true, true},
    {"computed rows", 5, 2, 3, 1, true, false, true, false},
    {"some heads", 3, 2, 2, 1, true, false, true, true, {someHeads(1), {}}},
    {"some rows", 3, 2, 2, 1, true, false, true, false, {{}, {{"words", {0, 2}}}}},
    {"a part", 5, 2, 3, 1, true, false, true, false, {someHeads(0), {{"words", {3}}, {"patches", {0, 1, 5}}}}},
    {"a module left out", 3, 2, 2, 1, true, false, true, true, {}, true},
    {"no attention", 3, 2, 2, 1, true, false, false},
};

constexpr int kHeads = 2;
constexpr std::int64_t kWidth = 3;

class AnalysisContract : public testing::Test
{
protected:
    std::shared_ptr<const Capture> make(const OddScene& scene)
    {
        m_scene = scene;
        m_manifest = {};
        m_manifest.model = {"custom", "Odd", "it's odd", ""};
        m_manifest.passes = {{"run", "model", ""}};
        m_manifest.provenance = {"analysis tests", "2026-11-22T06:00:00Z", "F32"};
        if (scene.leavesOut)
            m_manifest.leftOut = {{"run", "self.2", "self"}};
        TokenAxis words{"words", scene.words, {}};
        words.segments.emplace_back().length = scene.words;
        TokenAxis patches{"patches", std::int64_t{scene.rows} * scene.columns * scene.frames, {}};
        AxisSegment& grid = patches.segments.emplace_back();
        grid.kind = SegmentKind::PatchGrid;
        grid.length = patches.length;
        grid.grid.rows = scene.rows;
        grid.grid.columns = scene.columns;
        grid.grid.frames = scene.frames;
        m_manifest.axes = {{"words", words}, {"patches", patches}};
        const std::filesystem::path path = m_folder.file(std::string(scene.name) + ".heed");
        CaptureWriter writer(path);
        if (scene.hasSites)
            for (const auto& [group, axes] :
                 {std::pair("self", std::pair("words", "words")), std::pair("cross", std::pair("words", "patches")),
                  std::pair("seen", std::pair("patches", "patches"))})
                for (int layer = 0; layer < 2; ++layer)
                    addSite(writer, group, axes.first, axes.second, layer);
        if (scene.hasSites)
            m_manifest.compositions = {{"composed", "words → words → patches", "self", "cross"}};
        CaptureOutput score;
        score.id = "match";
        score.isText = false;
        score.scores = {{"match", 0.5, "probability"}};
        m_manifest.outputs = {score};
        if (scene.isComplete && scene.hasSites)
            m_manifest.gradientTarget = GradientTarget{"match", {}, 0, {}, "match", GradientQuantity::Value, 0.5};
        writer.finish(m_manifest);
        const auto whole = Capture::open(path);
        return scene.part.heads.empty() && scene.part.queries.empty()
                   ? whole
                   : writePart(*whole, scene.part, path.string() + ".part");
    }

    /// Every map somebody could look at.
    static std::vector<AnalysisScope> scopes(const Capture& capture)
    {
        std::vector<AnalysisScope> all;
        for (std::size_t site = 0; site < capture.manifest().sites.size(); ++site)
            for (const HeadChoice head : {HeadChoice{0}, HeadChoice::mean()})
                for (const std::optional<std::int64_t> query :
                     {std::optional<std::int64_t>(), std::optional<std::int64_t>(0)})
                    all.push_back({capture.site(site).group, {site, head, std::nullopt}, query});
        if (all.empty())
            return all;
        const std::size_t self = capture.siteIndex("self.0");
        const std::size_t cross = capture.siteIndex("cross.1");
        all.push_back(
            {"cross", {cross, {0}, std::nullopt, HeadSet{"", {{cross, {0}}, {cross, {1}}}, Reduction::Max}}, 0});
        all.push_back({"composed", {cross, {1}, SiteHead{self, HeadChoice::mean()}}, 0});
        return all;
    }

    static void expectWhole(const Analysis& analysis, const AnalysisResult& result, const Capture& capture)
    {
        EXPECT_EQ(result.shape, analysis.shape);
        EXPECT_EQ(result.unit, analysis.unit);
        if (result.shape == ResultShape::Map)
            EXPECT_EQ(static_cast<std::int64_t>(result.map.size()), capture.manifest().axis(result.queryAxis).length *
                                                                        capture.manifest().axis(result.keyAxis).length);
        else if (result.shape == ResultShape::Table)
            EXPECT_EQ(result.numbers.size(), result.rows.size() * result.columns.size());
        else
            expectSeries(result, capture);
    }

    static void expectSeries(const AnalysisResult& result, const Capture& capture)
    {
        EXPECT_FALSE(result.steps.empty());
        EXPECT_FALSE(result.parts.empty());
        const auto queries = static_cast<std::size_t>(capture.manifest().axis(result.queryAxis).length);
        EXPECT_EQ(result.numbers.size(), result.steps.size() * queries * result.parts.size());
        for (const SeriesStep& step : result.steps)
            EXPECT_EQ(capture.queryAxis(step.site).id, result.queryAxis);
        for (const SeriesPart& part : result.parts)
            EXPECT_TRUE(capture.manifest().axes.contains(part.axis));
    }

    /// Bits, for a NaN is no number to compare.
    template <class Number>
    static void expectSameBits(const std::vector<Number>& a, const std::vector<Number>& b)
    {
        EXPECT_TRUE(std::ranges::equal(std::as_bytes(std::span(a)), std::as_bytes(std::span(b))));
    }

    TempFolder m_folder;

private:
    void addSite(CaptureWriter& writer, const std::string& group, const std::string& queries, const std::string& keys,
                 int layer)
    {
        AttentionSite site;
        site.pass = "run";
        site.name = group + "." + std::to_string(layer);
        site.group = group;
        site.layer = layer;
        site.order = static_cast<int>(m_manifest.sites.size());
        site.queryAxis = queries;
        site.keyAxis = keys;
        site.heads = site.keyValueHeads = kHeads;
        const std::int64_t rows = m_manifest.axis(queries).length;
        const std::int64_t columns = m_manifest.axis(keys).length;
        if (m_scene.storesWeights) {
            site.weights = addTensor(writer, site.name, {kHeads, rows, columns}, 1.0 / static_cast<double>(columns));
        } else {
            site.queries = addTensor(writer, site.name + "/q", {kHeads, rows, kWidth}, 0.3);
            site.keys = addTensor(writer, site.name + "/k", {kHeads, columns, kWidth}, 0.7);
        }
        if (m_scene.isComplete) {
            site.values = addTensor(writer, site.name + "/v", {kHeads, columns, kWidth}, 0.5);
            site.valueNorms = addTensor(writer, site.name + "/n", {kHeads, columns}, 2);
            site.outputGradients = addTensor(writer, site.name + "/g", {kHeads, rows, kWidth}, 0.25);
        }
        if (layer == 0)
            m_manifest.groups.push_back({group, queries + " → " + keys});
        m_manifest.sites.push_back(site);
    }

    std::string addTensor(CaptureWriter& writer, const std::string& name, const Shape& shape, double value)
    {
        std::vector<float> values(checkedByteCount(shape, 1), static_cast<float>(value));
        if (m_scene.isBroken)
            values.back() = std::numeric_limits<float>::quiet_NaN();
        writer.addTensor(name, DType::F32, shape, std::as_bytes(std::span(values)));
        return name;
    }

    OddScene m_scene{""};
    Manifest m_manifest;
};

TEST_F(AnalysisContract, EveryAnalysisAnswersEveryScopeOrSaysWhyNot)
{
    for (const OddScene& scene : kScenes) {
        const auto capture = make(scene);
        for (const AnalysisScope& scope : scopes(*capture))
            for (const Analysis& analysis : analyses()) {
                SCOPED_TRACE(std::string(scene.name) + ", " + scope.group + ", " + analysis.id);
                const AnalysisSettings settings(analysis);
                const std::optional<AnalysisObstacle> obstacle = obstacleFor(analysis, *capture, scope);
                if (!obstacle) {
                    expectWhole(analysis, runAnalysis(settings, *capture, scope), *capture);
                    continue;
                }
                EXPECT_FALSE(obstacle->reason.empty());
                EXPECT_FALSE(obstacle->remedy.empty());
                try {
                    runAnalysis(settings, *capture, scope);
                    ADD_FAILURE() << "has an obstacle, and runs";
                } catch (const Error& error) {
                    EXPECT_EQ(error.kind(), obstacle->isOfFile ? ErrorKind::NotFound : ErrorKind::InvalidRequest);
                    EXPECT_THAT(error.what(), HasSubstr(obstacle->reason));
                }
            }
    }
}

TEST_F(AnalysisContract, WhatIsMissingIsSaidWithTheCommandThatMakesIt)
{
    const auto capture = make(kScenes[4]);
    for (const AnalysisScope& scope : scopes(*capture))
        for (const Analysis& analysis : analyses()) {
            const std::optional<AnalysisObstacle> obstacle = obstacleFor(analysis, *capture, scope);
            const bool isElsewhere = scope.map.isComposed() && !analysis.ofComposed; // no capture would help
            EXPECT_EQ(obstacle && obstacle->isOfFile, analysis.need != AnalysisNeed::Attention && !isElsewhere)
                << analysis.id;
            if (!obstacle || !obstacle->isOfFile)
                continue;
            EXPECT_THAT(obstacle->remedy, HasSubstr("heedmap capture --model 'it'\\''s odd'"));
            const bool ofGradients = analysis.need == AnalysisNeed::Gradients;
            EXPECT_THAT(obstacle->remedy, HasSubstr(ofGradients ? "--gradients match" : "--values"));
        }
}

TEST_F(AnalysisContract, APartIsNeverTakenForTheWhole)
{
    const auto sceneCalled = [](const std::string& name) {
        return *std::ranges::find_if(kScenes, [&](const OddScene& scene) { return scene.name == name; });
    };
    const auto heads = make(sceneCalled("some heads"));
    const std::size_t self = heads->siteIndex("self.0");
    const auto obstacleOf = [](const char* id, const Capture& capture, const AnalysisScope& scope) {
        const std::optional<AnalysisObstacle> obstacle = obstacleFor(analysisById(id), capture, scope);
        return obstacle ? obstacle->reason + " " + obstacle->remedy : std::string();
    };
    EXPECT_EQ(obstacleOf("raw", *heads, {"self", {self, {1}, {}}, 0}), "");
    EXPECT_THAT(obstacleOf("raw", *heads, {"self", {self, {0}, {}}, 0}), HasSubstr("Head 0 of \"run/self.0\" is not"));
    EXPECT_THAT(obstacleOf("rollout", *heads, {"self", {self, {1}, {}}, 0}),
                HasSubstr("1 of the 2 heads of \"run/self.0\" are stored in this capture, and it reads them all. "
                          "Capture again: heedmap capture"));
    const AnalysisResult table =
        runAnalysis(AnalysisSettings(analysisById("statistics")), *heads, {"self", {self, {1}, {}}, 0});
    EXPECT_THAT(table.rows, testing::ElementsAre("L0 · H1", "L1 · H0", "L1 · H1"));

    const auto rows = make(sceneCalled("some rows"));
    for (const Analysis& analysis : analyses())
        if (!analysis.ofToken)
            EXPECT_THAT(obstacleOf(analysis.id, *rows, {"self", {rows->siteIndex("self.0"), {1}, {}}, 0}),
                        HasSubstr("2 of the 3 rows of \"words\" are stored"));
    EXPECT_THAT(obstacleOf("statistics", *rows, {"self", {rows->siteIndex("self.0"), {1}, {}}, 1}),
                HasSubstr("Row 1 of \"words\" is not stored"));
}

/// What is stored gives the numbers it gives in the whole.
TEST_F(AnalysisContract, APartGivesTheNumbersOfTheWhole)
{
    OddScene scene{"whole", 4, 2, 3};
    const auto whole = make(scene);
    scene.part = {someHeads(1), {}};
    const auto part = make(scene);
    for (const char* id : {"raw", "value_weighted"}) {
        const AnalysisScope scope{"cross", {whole->siteIndex("cross.1"), {1}, {}}, 0};
        const AnalysisSettings settings(analysisById(id));
        EXPECT_EQ(runAnalysis(settings, *part, scope).map, runAnalysis(settings, *whole, scope).map) << id;
    }
}

TEST_F(AnalysisContract, WhatIsNoNumberStaysVisibleAndIsCounted)
{
    const auto capture = make(kScenes[5]);
    std::size_t broken = 0;
    for (const AnalysisScope& scope : scopes(*capture))
        for (const Analysis& analysis : analyses()) {
            if (analysis.shape == ResultShape::Table || obstacleFor(analysis, *capture, scope))
                continue;
            SCOPED_TRACE(scope.group + ", " + analysis.id);
            const AnalysisResult result = runAnalysis(AnalysisSettings(analysis), *capture, scope);
            const auto isBroken = [](double value) { return std::isnan(value); };
            const auto count =
                std::ranges::count_if(result.map, isBroken) + std::ranges::count_if(result.numbers, isBroken);
            EXPECT_EQ(std::ranges::count(result.notes, std::to_string(count) + " values are no numbers"),
                      count > 0 ? 1 : 0);
            broken += static_cast<std::size_t>(count);
            EXPECT_TRUE(count > 0 || !scope.map.head.isMean() || scope.map.isComposed());
        }
    EXPECT_GT(broken, 0u);
}

TEST_F(AnalysisContract, WhatReadsEveryModuleIsRefusedWhereOneIsLeftOut)
{
    const auto capture = make(*std::ranges::find(kScenes, true, &OddScene::leavesOut));
    ASSERT_EQ(capture->manifest().leftOut.size(), 1u);
    for (const AnalysisScope& scope : scopes(*capture))
        for (const Analysis& analysis : analyses()) {
            if (scope.map.isComposed() || !analysis.obstacle)
                continue;
            SCOPED_TRACE(scope.group + ", " + analysis.id);
            const bool readsIt =
                !analysis.ofToken && (analysis.reach == AnalysisReach::Capture ||
                                      (analysis.reach == AnalysisReach::Group && scope.group == "self"));
            const std::optional<AnalysisObstacle> obstacle = obstacleFor(analysis, *capture, scope);
            const bool isRefused = obstacle && obstacle->reason.find("run/self.2") != std::string::npos;
            EXPECT_EQ(isRefused, readsIt);
        }
}

TEST_F(AnalysisContract, TheSameQuestionTwiceHasTheSameAnswerInEveryBit)
{
    for (const OddScene& scene : kScenes) {
        const auto capture = make(scene);
        for (const AnalysisScope& scope : scopes(*capture))
            for (const Analysis& analysis : analyses()) {
                if (obstacleFor(analysis, *capture, scope))
                    continue;
                SCOPED_TRACE(std::string(scene.name) + ", " + scope.group + ", " + analysis.id);
                const AnalysisSettings settings(analysis);
                const AnalysisResult once = runAnalysis(settings, *capture, scope);
                const AnalysisResult again = runAnalysis(settings, *capture, scope);
                expectSameBits(once.map, again.map);
                expectSameBits(once.numbers, again.numbers);
                EXPECT_EQ(once.notes, again.notes);
            }
    }
}

TEST_F(AnalysisContract, AStoppedRunIsCancelled)
{
    const auto capture = make(kScenes[0]);
    std::stop_source stop;
    stop.request_stop();
    for (const AnalysisScope& scope : scopes(*capture))
        for (const Analysis& analysis : analyses()) {
            if (obstacleFor(analysis, *capture, scope))
                continue;
            try {
                runAnalysis(AnalysisSettings(analysis), *capture, scope, stop.get_token());
                ADD_FAILURE() << analysis.id << " was not stopped";
            } catch (const Error& error) {
                EXPECT_EQ(error.kind(), ErrorKind::Cancelled) << error.what();
            }
        }
}

TEST_F(AnalysisContract, ProgressGrowsToTheEndAndCanStopOnTheWay)
{
    const auto capture = make(kScenes[0]);
    for (const AnalysisScope& scope : scopes(*capture))
        for (const Analysis& analysis : analyses()) {
            if (obstacleFor(analysis, *capture, scope))
                continue;
            SCOPED_TRACE(scope.group + ", " + analysis.id);
            double last = 0;
            runAnalysis(AnalysisSettings(analysis), *capture, scope, {}, [&last](double share) {
                EXPECT_GE(share, last);
                last = share;
            });
            EXPECT_NEAR(last, 1, 0.35); // an estimate, but one that arrives
            std::stop_source stop;
            EXPECT_THROW(runAnalysis(AnalysisSettings(analysis), *capture, scope, stop.get_token(),
                                     [&stop](double) { stop.request_stop(); }),
                         Error);
        }
}

TEST_F(AnalysisContract, MapsTooLargeToComputeAreRefusedBeforeAnythingIsAllocated)
{
    OddScene huge{"huge", 100'000, 100, 1000};
    huge.storesWeights = false;
    const auto capture = make(huge);
    for (const std::string site : {"self.0", "cross.0", "seen.1"})
        for (const Analysis& analysis : analyses()) {
            SCOPED_TRACE(site + ", " + analysis.id);
            const std::size_t index = capture->siteIndex(site);
            const AnalysisScope scope{capture->site(index).group, {index, {0}, std::nullopt}, 7};
            if (analysis.shape == ResultShape::Table || obstacleFor(analysis, *capture, scope))
                continue;
            try {
                runAnalysis(AnalysisSettings(analysis), *capture, scope);
                ADD_FAILURE() << "10^10 values";
            } catch (const Error& error) {
                EXPECT_EQ(error.kind(), ErrorKind::TooLarge) << error.what();
            }
        }
}

TEST_F(AnalysisContract, RolloutDiscardsTheEarlierOfEqualWeightsAndNeverTheFirst)
{
    const auto capture = make(kScenes[0]); // three words, every weight 1/3
    AnalysisSettings settings(analysisById("rollout"));
    settings.set("residual", 0);
    settings.set("layers", 1);
    const AnalysisScope scope{"self", {capture->siteIndex("self.0"), {0}, std::nullopt}, {}};
    const auto expectRollout = [&](double discard, const std::vector<float>& expected) {
        settings.set("discard", discard);
        EXPECT_THAT(runAnalysis(settings, *capture, scope).map, testing::Pointwise(testing::FloatEq(), expected));
    };
    const float third = 1.0f / 3;
    expectRollout(0.5, {1, 0, 0, 0, 0.5f, 0.5f, third, third, third}); // four of nine
    expectRollout(1, {1, 0, 0, 0, 0, 0, 0, 0, 0});
    expectRollout(0.1, {third, third, third, third, third, third, third, third, third}); // ⌊0.9⌋ = 0
}

TEST_F(AnalysisContract, AScopeOfAnotherCaptureIsRefused)
{
    const auto capture = make(kScenes[0]);
    const Analysis& raw = analysisById("raw");
    EXPECT_THROW(obstacleFor(raw, *capture, {"self", {99, {0}, std::nullopt}, {}}), Error);
    EXPECT_THROW(obstacleFor(raw, *capture, {"self", {0, {7}, std::nullopt}, {}}), Error);
    EXPECT_THROW(obstacleFor(raw, *capture, {"self", {0, {0}, std::nullopt}, 3}), Error);
    EXPECT_THROW(runAnalysis(AnalysisSettings(raw), *capture, {"self", {0, {0}, std::nullopt}, -1}), Error);
}

} // namespace
} // namespace heedmap
