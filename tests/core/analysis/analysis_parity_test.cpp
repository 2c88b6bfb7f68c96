#include "core/analysis/analysis_registry.h"
#include "core/checkpoint/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace heedmap {
namespace {

/// Everything below is what tests/fixtures/analysis/make_analyses.py computed from the same file, in double precision,
/// with the published rules written out.
class AnalysisParity : public testing::Test
{
protected:
    void open(const std::string& name)
    {
        const std::filesystem::path folder = std::filesystem::path(HEEDMAP_SOURCE_DIR) / "tests/fixtures/analysis";
        m_capture = Capture::open(folder / (name + ".heed"));
        m_expected = SafetensorsFile::open(folder / (name + ".expected.safetensors"));
    }

    AnalysisScope scope(const std::string& site, HeadChoice head = HeadChoice::mean()) const
    {
        const std::size_t index = m_capture->siteIndex(site);
        return {m_capture->site(index).group, {index, head, std::nullopt}, std::nullopt};
    }

    /// Queries of one module's axis, keys of another's: a composition.
    AnalysisScope composed(const std::string& first, const std::string& second) const
    {
        AnalysisScope result = scope(second);
        result.map.first = SiteHead{m_capture->siteIndex(first), HeadChoice::mean()};
        return result;
    }

    using Settings = std::vector<std::pair<std::string, std::string>>;
    AnalysisResult run(const std::string& id, const AnalysisScope& scope, const Settings& values = {}) const
    {
        AnalysisSettings settings(analysisById(id));
        for (const auto& [name, value] : values)
            settings.setText(name, value);
        return runAnalysis(settings, *m_capture, scope);
    }

    void expectMap(const AnalysisResult& result, const std::string& name)
    {
        SCOPED_TRACE(name);
        const TensorView& tensor = m_expected.tensors.at(name);
        const Manifest& manifest = m_capture->manifest();
        ASSERT_EQ(tensor.shape, (Shape{manifest.axis(result.queryAxis).length, manifest.axis(result.keyAxis).length}));
        const std::vector<float> expected = tensor.toFloats();
        ASSERT_EQ(result.map.size(), expected.size());
        double largest = 0;
        for (const float value : expected)
            largest = std::max(largest, std::abs(static_cast<double>(value)));
        EXPECT_GT(largest, 0);
        for (std::size_t i = 0; i < expected.size(); ++i)
            ASSERT_NEAR(result.map[i], expected[i], 1e-5 * std::max(1.0, largest)) << "value " << i;
    }

    /// [steps, queries, parts].
    void expectSeries(const AnalysisResult& result, const std::string& name, const std::vector<std::string>& parts)
    {
        SCOPED_TRACE(name);
        const TensorView& tensor = m_expected.tensors.at(name);
        std::vector<std::string> named;
        for (const SeriesPart& part : result.parts)
            named.push_back(part.axis + ":" + part.id);
        ASSERT_EQ(named, parts);
        ASSERT_EQ(tensor.shape, (Shape{static_cast<std::int64_t>(result.steps.size()),
                                       m_capture->manifest().axis(result.queryAxis).length,
                                       static_cast<std::int64_t>(result.parts.size())}));
        const std::span<const double> expected(reinterpret_cast<const double*>(tensor.bytes.data()),
                                               result.numbers.size());
        for (std::size_t i = 0; i < expected.size(); ++i)
            ASSERT_NEAR(result.numbers[i], expected[i], 1e-9 * std::max(1.0, std::abs(expected[i]))) << "value " << i;
    }

    std::shared_ptr<const Capture> m_capture;
    SafetensorsFile m_expected;
};

TEST_F(AnalysisParity, RelevanceOfTheThreeStreamsOfQuestionAnswering)
{
    open("question_answering");
    for (const std::string way : {"normalized", "plain"}) {
        const Settings settings{{"normalize", way == "normalized" ? "on" : "off"}};
        const auto expect = [&](const AnalysisScope& scope, const std::string& pair) {
            expectMap(run("relevance", scope, settings), "relevance/" + way + "/" + pair);
        };
        expect(scope("vision_self.0"), "ii");
        expect(scope("question_self.1", {2}), "qq"); // whichever head is shown
        expect(scope("question_picture.0"), "qi");
        expect(scope("answer_self.0"), "aa");
        expect(scope("answer_question.1"), "aq");
        expect(composed("answer_question.1", "question_picture.0"), "ai");
    }
}

TEST_F(AnalysisParity, RelevanceOfCaptioning)
{
    open("captioning");
    expectMap(run("relevance", scope("vision_self.2")), "ii");
    expectMap(run("relevance", scope("caption_self.0")), "cc");
    expectMap(run("relevance", scope("caption_picture.1")), "ci");
}

TEST_F(AnalysisParity, RelevanceOfRetrievalLeavesOutWhatTheMatchDoesNotDependOn)
{
    open("retrieval");
    expectMap(run("relevance", scope("vision_self.0")), "ii");
    expectMap(run("relevance", scope("text_self.0")), "tt");
    expectMap(run("relevance", scope("text_picture.0")), "ti");
    expectMap(run("relevance", scope("alone_self.0")), "tt"); // the same axes
}

TEST_F(AnalysisParity, RelevanceOfTwoModalitiesThatLookAtEachOther)
{
    open("both_ways");
    expectMap(run("relevance", scope("picture_self.0")), "ii");
    expectMap(run("relevance", scope("text_self.0")), "tt");
    expectMap(run("relevance", scope("text_picture.0")), "ti");
    expectMap(run("relevance", scope("picture_text.0")), "it");
}

TEST_F(AnalysisParity, RelevanceOfTwoModalitiesThatLookAtEachOtherAtOnce)
{
    open("side_by_side");
    for (const std::string stream : {"ii", "tt", "ti", "it"}) {
        const std::string group = stream == "ii"   ? "picture_self"
                                  : stream == "tt" ? "text_self"
                                  : stream == "ti" ? "text_picture"
                                                   : "picture_text";
        expectMap(run("relevance", scope(group + ".0")), stream);
    }
}

TEST_F(AnalysisParity, RelevanceAndRolloutOfAJointSequenceWithGroupedHeads)
{
    open("joint");
    expectMap(run("relevance", scope("joint.2")), "ss");
    expectMap(run("rollout", scope("joint.2")), "rollout");
}

TEST_F(AnalysisParity, RolloutDividesRowsByTheirOwnSums)
{
    open("question_answering");
    for (const std::string fusion : {"mean", "max", "min"})
        for (const std::string residual : {"0", "0.5", "0.9"})
            expectMap(run("rollout", scope("vision_self.1"), {{"fusion", fusion}, {"residual", residual}}),
                      "rollout/" + fusion + "/" + residual);
    expectMap(run("rollout", scope("vision_self.1"), {{"layers", "1"}}), "rollout/first_layer");
}

TEST_F(AnalysisParity, RolloutDiscardsTheSmallestWeightsOfTheWholeMap)
{
    open("question_answering");
    for (const std::string fusion : {"mean", "max", "min"})
        for (const std::string discard : {"0.1", "0.5", "0.9"})
            expectMap(run("rollout", scope("vision_self.1"), {{"fusion", fusion}, {"discard", discard}}),
                      "rollout/discard/" + fusion + "/" + discard);
}

TEST_F(AnalysisParity, RolloutOfEveryTokenLayerByLayer)
{
    open("question_answering");
    const std::vector<std::string> parts{"picture:picture", "picture:special"};
    expectSeries(run("rollout_layers", scope("vision_self.1")), "rollout_layers/0", parts);
    const AnalysisResult discarding = run("rollout_layers", scope("vision_self.0"), {{"discard", "0.5"}});
    expectSeries(discarding, "rollout_layers/0.5", parts);
    EXPECT_EQ(discarding.steps[1], (SeriesStep{"L1", m_capture->siteIndex("vision_self.1")}));
    open("joint");
    expectSeries(run("rollout_layers", scope("joint.0"), {{"fusion", "max"}, {"residual", "0.25"}, {"by", "segment"}}),
                 "rollout_layers", {"sequence:text", "sequence:picture"});
}

TEST_F(AnalysisParity, RelevanceOfEveryStreamLayerByLayer)
{
    open("question_answering");
    for (const std::string way : {"normalized", "plain"}) {
        const Settings settings{{"normalize", way == "normalized" ? "on" : "off"}};
        const std::vector<std::string> picture{"picture:picture", "picture:special"};
        std::vector<std::string> question{"question:text", "picture:picture", "picture:special"};
        expectSeries(run("relevance_layers", scope("vision_self.0"), settings), "relevance_layers/" + way + "/picture",
                     picture);
        expectSeries(run("relevance_layers", scope("question_picture.1"), settings),
                     "relevance_layers/" + way + "/question", question);
        question.insert(question.begin(), "answer:text");
        const AnalysisResult answer = run("relevance_layers", scope("answer_self.0"), settings);
        expectSeries(answer, "relevance_layers/" + way + "/answer", question);
        EXPECT_EQ(answer.steps[0], (SeriesStep{"L0", m_capture->siteIndex("answer_question.0")}));
    }
    open("both_ways");
    expectSeries(run("relevance_layers", scope("text_self.0")), "layers/text",
                 {"text:text", "picture:picture", "picture:special"});
    expectSeries(run("relevance_layers", scope("picture_text.0")), "layers/picture",
                 {"picture:picture", "picture:special", "text:text"});
    open("joint");
    expectSeries(run("relevance_layers", scope("joint.0"), {{"by", "segment"}}), "relevance_layers",
                 {"sequence:text", "sequence:picture"});
}

/// Chosen heads are themselves in whatever order, and whichever of them is the current one.
TEST_F(AnalysisParity, GradCamOfASetIsOfItsMembers)
{
    open("question_answering");
    const SiteHead first{m_capture->siteIndex("question_picture.0"), {1}};
    const SiteHead second{m_capture->siteIndex("question_picture.1"), {2}};
    const std::vector<float> a = run("grad_cam", scope("question_picture.0", {1}), {{"heads", "shown"}}).map;
    const std::vector<float> b = run("grad_cam", scope("question_picture.1", {2}), {{"heads", "shown"}}).map;
    std::vector<float> mean;
    for (std::size_t i = 0; i < a.size(); ++i)
        mean.push_back((a[i] + b[i]) / 2);
    for (const std::vector<SiteHead>& members : {std::vector{first, second}, std::vector{second, first}}) {
        AnalysisScope set = scope("question_picture.0");
        set.map.site = members.front().site;
        set.map.set = HeadSet{"two", members, Reduction::Mean};
        const AnalysisResult result = run("grad_cam", set);
        EXPECT_THAT(result.map, testing::Pointwise(testing::FloatNear(1e-6f), mean));
        EXPECT_EQ(result.notes.at(1), "mean of 2 heads: these themselves, not their layers");
    }
}

TEST_F(AnalysisParity, ValueWeightedAttentionAndGradCamOfOneModule)
{
    open("question_answering");
    const std::string site = "question_picture.1";
    expectMap(run("value_weighted", scope(site, {2})), "value_weighted/head2");
    expectMap(run("value_weighted", scope(site)), "value_weighted/mean");
    AnalysisScope set = scope(site);
    set.map.set = HeadSet{"two", {{set.map.site, {1}}, {set.map.site, {3}}}, Reduction::Max};
    expectMap(run("value_weighted", set), "value_weighted/max13");
    expectMap(run("grad_cam", scope(site, {2})), "grad_cam/layer");
    expectMap(run("grad_cam", scope(site, {2}), {{"heads", "shown"}}), "grad_cam/head2");
    EXPECT_EQ(run("grad_cam", scope(site, {2})).notes.at(1), "mean over all 4 heads of the layer");
}

TEST_F(AnalysisParity, TheMapOfItsStrongestModes)
{
    open("question_answering");
    for (const std::string centring : {"none", "rows", "columns", "both"})
        for (const std::string kept : {"1", "3"})
            expectMap(run("svd", scope("question_picture.1", {2}), {{"centring", centring}, {"modes", kept}}),
                      "svd/" + centring + "/" + kept);
    expectMap(run("svd", scope("question_picture.1", {2}), {{"modes", "64"}}), "raw/head2"); // all of them
}

TEST_F(AnalysisParity, ReductionsOfHeads)
{
    open("question_answering");
    const std::string site = "question_picture.1";
    expectMap(run("mean", scope(site, {2})), "mean/layer");
    expectMap(run("max", scope(site, {2})), "max/layer");
    expectMap(run("mean", scope(site, {2}), {{"over", "group"}}), "mean/group");
    expectMap(run("raw", scope(site)), "mean/layer");
}

} // namespace
} // namespace heedmap
