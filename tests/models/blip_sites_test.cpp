#include "core/base/error.h"
#include "core/models/architectures.h"
#include "tests/models/model_fixtures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <future>
#include <set>
#include <span>

namespace heedmap::test {
namespace {

std::unique_ptr<Model> modelOf(const ModelFixture& fixture)
{
    return loadModel(Checkpoint::open(fixture.modelFolder));
}

const RecordedPass& passOf(const RunResult& result, const std::string& id)
{
    for (const RecordedPass& pass : result.passes)
        if (pass.id == id)
            return pass;
    throw Error(ErrorKind::NotFound, "no pass {}", id);
}

const RunAxis& axisOf(const RunResult& result, const std::string& id)
{
    for (const RunAxis& axis : result.axes)
        if (axis.id == id)
            return axis;
    throw Error(ErrorKind::NotFound, "no axis {}", id);
}

class ModelSites : public testing::TestWithParam<ModelFixture>
{};

TEST_P(ModelSites, AreAsLongAsTheirAxesAndTheirRowsSumToOne)
{
    const RunResult result = modelOf(GetParam())->run(GetParam().request(), {}, {});
    for (const RecordedPass& pass : result.passes)
        for (const RecordedSite& site : pass.sites) {
            const std::int64_t queries = axisOf(result, site.queryAxis).length;
            const std::int64_t keys = axisOf(result, site.keyAxis).length;
            EXPECT_EQ(site.weights.shape, (Shape{site.heads, queries, keys})) << site.name;
            EXPECT_EQ(site.kind == AttentionKind::Self, site.queryAxis == site.keyAxis) << site.name;
            for (std::size_t row = 0; row < site.weights.values.size(); row += static_cast<std::size_t>(keys)) {
                double sum = 0;
                for (std::int64_t key = 0; key < keys; ++key)
                    sum += site.weights.values[row + static_cast<std::size_t>(key)];
                ASSERT_NEAR(sum, 1.0, 1e-5) << site.name;
            }
        }
}

/// Attention modules of common libraries give the mean over heads unless told otherwise, as often as there are heads.
TEST_P(ModelSites, HaveARowOfItsOwnForEveryHead)
{
    const RunResult result = modelOf(GetParam())->run(GetParam().request(), {}, {});
    for (const RecordedPass& pass : result.passes)
        for (const RecordedSite& site : pass.sites) {
            if (axisOf(result, site.keyAxis).length < 2)
                continue; // the only weight there is, is 1
            const std::span<const float> all(site.weights.values);
            const std::size_t size = all.size() / static_cast<std::size_t>(site.heads);
            for (std::size_t a = 0; a < all.size(); a += size)
                for (std::size_t b = a + size; b < all.size(); b += size) {
                    double largest = 0;
                    for (std::size_t i = 0; i < size; ++i)
                        largest = std::max(largest, std::abs(double{all[a + i]} - double{all[b + i]}));
                    EXPECT_GT(largest, 1e-4) << site.name << ", heads " << a / size << " and " << b / size;
                }
        }
}

TEST_P(ModelSites, AreThoseOfThePlan)
{
    const std::unique_ptr<Model> model = modelOf(GetParam());
    RunRequest onlySizes = GetParam().request();
    if (onlySizes.pixels)
        onlySizes.pixels->values.clear();
    if (onlySizes.sound)
        onlySizes.sound->values.clear();
    const std::vector<PlannedSite> plan = model->plan(onlySizes);
    const RunResult result = model->run(GetParam().request(), {}, {});
    std::size_t next = 0;
    for (const RecordedPass& pass : result.passes)
        for (const RecordedSite& site : pass.sites) {
            if (next == plan.size() && pass.id.find('.') != std::string::npos)
                continue; // a further window, where the text was cut within one
            ASSERT_LT(next, plan.size());
            const PlannedSite& planned = plan[next++];
            EXPECT_EQ(planned.passId + "/" + planned.name, pass.id + "/" + site.name);
            EXPECT_EQ(planned.layer, site.layer);
            EXPECT_EQ(planned.kind, site.kind);
            EXPECT_EQ(planned.queryAxis, site.queryAxis);
            EXPECT_EQ(planned.keyAxis, site.keyAxis);
            EXPECT_EQ((Shape{planned.heads, planned.keyValueHeads, planned.headDim}),
                      (Shape{site.heads, site.keyValueHeads, site.headDim}));
            const bool generated = axisOf(result, site.queryAxis).kind == RunAxis::Kind::Generated;
            if (generated)
                EXPECT_GE(planned.queries, site.queries.shape[1]);
            else
                EXPECT_EQ(planned.queries, site.queries.shape[1]);
        }
    EXPECT_EQ(next, plan.size());
}

INSTANTIATE_TEST_SUITE_P(Fixtures, ModelSites, testing::ValuesIn(modelFixtures()),
                         [](const auto& info) { return info.param.name; });

/// The answer is read off the question's states: a picture under an answer token is always a composition.
TEST(BlipQuestionAnsweringSites, HaveNoDirectWayFromAnswerToPicture)
{
    const ModelFixture& fixture = modelFixture("qa_wide");
    const RunResult result = modelOf(fixture)->run(fixture.request(), {}, {});
    std::set<std::string> answerKeys;
    for (const RecordedSite& site : passOf(result, "answer").sites)
        answerKeys.insert(site.keyAxis);
    EXPECT_EQ(answerKeys, (std::set<std::string>{"answer", "question"}));
    for (const RecordedPass& pass : result.passes)
        for (const RecordedSite& site : pass.sites)
            EXPECT_FALSE(site.queryAxis == "answer" && site.keyAxis == "picture") << site.name;
    // The two factors of the composition are there.
    std::set<std::string> questionKeys;
    for (const RecordedSite& site : passOf(result, "question").sites)
        questionKeys.insert(site.keyAxis);
    EXPECT_EQ(questionKeys, (std::set<std::string>{"picture", "question"}));
}

TEST(BlipCaptioningSites, LookAtThePictureDirectly)
{
    const ModelFixture& fixture = modelFixture("caption");
    const RunResult result = modelOf(fixture)->run(fixture.request(), {}, {});
    bool direct = false;
    for (const RecordedSite& site : passOf(result, "caption").sites)
        direct = direct || (site.queryAxis == "caption" && site.keyAxis == "picture");
    EXPECT_TRUE(direct);
}

TEST(BlipRetrievalSites, PaddingIsSaidInSymbolsAndGetsNoWeight)
{
    const ModelFixture& fixture = modelFixture("retrieval_padded");
    const RunResult result = modelOf(fixture)->run(fixture.request(), {}, {});
    const std::int64_t visible = std::count(fixture.visible.begin(), fixture.visible.end(), true);
    ASSERT_LT(visible, static_cast<std::int64_t>(fixture.visible.size()));
    for (const RecordedSite& site : passOf(result, "text").sites) {
        if (site.kind == AttentionKind::Cross) {
            EXPECT_EQ(site.mask, MaskSymbols{});
            continue;
        }
        EXPECT_EQ(site.mask, (MaskSymbols{std::nullopt, {{0, visible}}}));
        const std::int64_t keys = site.weights.shape[2];
        for (std::size_t i = 0; i < site.weights.values.size(); ++i)
            ASSERT_TRUE(static_cast<std::int64_t>(i) % keys < visible || site.weights.values[i] == 0.0f);
    }
}

TEST(BlipPictureAxis, CountsPatchesOfAPictureWithARemainder)
{
    const ModelFixture& fixture = modelFixture("qa_three_heads"); // 46 pixels in patches of 15
    const RunResult result = modelOf(fixture)->run(fixture.request(), {}, {});
    const RunAxis& axis = axisOf(result, "picture");
    EXPECT_EQ(axis.leadingSpecials, 1);
    EXPECT_EQ(axis.rows, 3);
    EXPECT_EQ(axis.columns, 3);
    EXPECT_EQ(axis.patchSize, 15);
    EXPECT_EQ(axis.length, 10);
}

TEST(BlipCapture, HandsSitesToTheSinkInsteadOfKeepingThem)
{
    const ModelFixture& fixture = modelFixture("qa_wide");
    RunRequest request = fixture.request();
    std::vector<std::string> seen;
    request.capture.sink = [&](const std::string& passId, RecordedSite&& site) {
        seen.push_back(passId + "/" + site.name);
    };
    const RunResult result = modelOf(fixture)->run(request, {}, {});
    EXPECT_EQ(seen.size(), 2u + 4u + 4u); // two layers each: vision self; question self, cross; answer self, cross
    EXPECT_EQ(seen.front(), "vision/vision_model.encoder.layers.0.self_attn");
    EXPECT_EQ(seen.back(), "answer/text_decoder.bert.encoder.layer.1.crossattention.self");
    for (const RecordedPass& pass : result.passes)
        EXPECT_TRUE(pass.sites.empty());
}

TEST(BlipCapture, IsOptionalAndChangesNothing)
{
    const ModelFixture& fixture = modelFixture("qa_wide");
    const std::unique_ptr<Model> model = modelOf(fixture);
    RunRequest request = fixture.request();
    request.capture.sites = false;
    request.capture.stages = false;
    const RunResult without = model->run(request, {}, {});
    const RunResult with = model->run(fixture.request(), {}, {});
    for (const RecordedPass& pass : without.passes)
        EXPECT_TRUE(pass.sites.empty() && pass.stages.empty());
    ASSERT_EQ(without.generated.at(0).tokens.size(), with.generated.at(0).tokens.size());
    for (std::size_t i = 0; i < with.generated.at(0).tokens.size(); ++i)
        EXPECT_EQ(without.generated.at(0).tokens[i].logProbability, with.generated.at(0).tokens[i].logProbability);
}

TEST(BlipRunControl, RunsSideBySideAreAloneWithThemselves)
{
    const ModelFixture& fixture = modelFixture("qa_wide");
    const std::unique_ptr<Model> model = modelOf(fixture);
    const auto recorded = [&] { return recordedTensors(model->run(fixture.request(), {}, {})); };
    auto first = std::async(std::launch::async, recorded);
    auto second = std::async(std::launch::async, recorded);
    const std::map<std::string, FloatTensor> a = first.get();
    const std::map<std::string, FloatTensor> b = second.get();
    ASSERT_EQ(a.size(), b.size());
    for (const auto& [key, tensor] : a)
        EXPECT_EQ(maxDifference(tensor, b.at(key)), 0) << key;
}

TEST(BlipRunControl, ReportsEveryLayerAndStep)
{
    const ModelFixture& fixture = modelFixture("qa_wide");
    std::vector<std::string> reports;
    modelOf(fixture)->run(fixture.request(), {}, [&](const std::string& stage, int done, int total) {
        reports.push_back(stage + " " + std::to_string(done) + "/" + std::to_string(total));
    });
    const std::vector<std::string> expected = {"vision 1/2",  "vision 2/2",  "question 1/2", "question 2/2",
                                               "decode 1/20", "decode 2/20", "decode 3/20",  "decode 4/20",
                                               "decode 5/20", "decode 6/20", "answer 1/2",   "answer 2/2"};
    EXPECT_EQ(reports, expected);
}

TEST(BlipRunControl, StopsAtTheNextLayer)
{
    const ModelFixture& fixture = modelFixture("qa_wide");
    const std::unique_ptr<Model> model = modelOf(fixture);
    for (const char* last : {"vision 1", "question 1", "decode 2", "answer 1"}) {
        std::stop_source source;
        std::string latest;
        const ProgressCallback progress = [&](const std::string& stage, int done, int) {
            latest = stage + " " + std::to_string(done);
            if (latest == last)
                source.request_stop();
        };
        try {
            model->run(fixture.request(), source.get_token(), progress);
            FAIL() << "the run went on after a stop at " << last;
        } catch (const Error& failure) {
            EXPECT_EQ(failure.kind(), ErrorKind::Cancelled);
            EXPECT_EQ(latest, last);
        }
    }
}

} // namespace
} // namespace heedmap::test
