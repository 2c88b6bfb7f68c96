#include "core/base/error.h"
#include "core/base/files.h"
#include "core/checkpoint/safetensors.h"
#include "core/models/architectures.h"
#include "tests/models/model_fixtures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace heedmap::test {
namespace {

using testing::HasSubstr;

constexpr double kTolerance = 1e-5;

/// One case of tests/fixtures/blip/gradients.json: what PyTorch's autograd was asked, and what it said.
struct GradientCase
{
    std::string name;
    std::string run;
    std::vector<Intervention> interventions;
    std::string score; ///< empty: a token of the generated text
    std::int64_t step = 0;
    std::int32_t token = 0;
    double y = 0;
};

void PrintTo(const GradientCase& example, std::ostream* stream)
{
    *stream << example.name;
}

std::vector<GradientCase> gradientCases()
{
    const Json json = parseJson(readTextFile(blipFixtureFolder() / "gradients.json", 1 << 20), "gradients.json");
    std::vector<GradientCase> cases;
    for (const Json& entry : json.at("cases"))
        cases.push_back({entry.at("name"), entry.at("run"),
                         interventionsFromJson(entry.at("interventions"), "gradients.json"), entry.value("score", ""),
                         entry.value("step", std::int64_t{0}), entry.value("token", 0), entry.at("y")});
    return cases;
}

std::unique_ptr<Model> modelOf(const ModelFixture& fixture)
{
    return loadModel(Checkpoint::open(fixture.modelFolder));
}

RunRequest requestOf(const GradientCase& example)
{
    RunRequest request = modelFixture(example.run).request();
    request.interventions = example.interventions;
    request.capture.values = true;
    const bool asks = example.run.starts_with("qa");
    request.gradients = GradientRequest{example.score.empty() ? asks ? "answer" : "caption" : example.score,
                                        example.step, std::nullopt};
    if (example.score.empty())
        request.gradients->token = example.token;
    return request;
}

/// Under the fixtures' keys: "<pass>/<module>:gradient", ":values", ":norms".
std::map<std::string, FloatTensor> extrasOf(const RunResult& result)
{
    std::map<std::string, FloatTensor> extras;
    for (const RecordedPass& pass : result.passes)
        for (const RecordedSite& site : pass.sites) {
            const std::string key = pass.id + "/" + site.name;
            extras[key + ":values"] = site.values;
            extras[key + ":norms"] = site.valueNorms;
            if (!site.outputGradients.empty())
                extras[key + ":gradient"] = site.outputGradients;
        }
    return extras;
}

std::set<std::string> gradientKeys(const auto& tensors)
{
    std::set<std::string> keys;
    for (const auto& [key, tensor] : tensors)
        if (key.ends_with(":gradient"))
            keys.insert(key);
    return keys;
}

class BlipGradients : public testing::TestWithParam<GradientCase>
{};

TEST_P(BlipGradients, EqualAutogradOfTheReferenceAtEverySite)
{
    const GradientCase& example = GetParam();
    const RunResult result = modelOf(modelFixture(example.run))->run(requestOf(example), {}, {});
    const std::map<std::string, FloatTensor> extras = extrasOf(result);
    const auto expected =
        SafetensorsFile::open(blipFixtureFolder() / "gradients" / (example.name + ".safetensors")).tensors;
    for (const auto& [key, view] : expected) {
        ASSERT_TRUE(extras.contains(key)) << key;
        EXPECT_LE(maxDifference(extras.at(key), {view.shape, view.toFloats()}), kTolerance) << key;
    }
    EXPECT_EQ(gradientKeys(extras), gradientKeys(expected)) << "the sites that y depends on";
    ASSERT_TRUE(result.gradientTarget);
    EXPECT_NEAR(result.gradientTarget->value.value(), example.y, kTolerance);
    EXPECT_EQ(result.gradientTarget->score, example.score);
    if (example.score.empty()) {
        EXPECT_EQ(result.gradientTarget->step, example.step);
        EXPECT_EQ(result.gradientTarget->tokenId, example.token);
    }
}

/// What is recorded and generated is the same, bit for bit, whether or not gradients are taken.
TEST_P(BlipGradients, ChangeNothingElse)
{
    RunRequest request = requestOf(GetParam());
    request.capture.stages = true;
    const std::unique_ptr<Model> model = modelOf(modelFixture(GetParam().run));
    const RunResult with = model->run(request, {}, {});
    request.gradients.reset();
    const RunResult without = model->run(request, {}, {});
    const std::map<std::string, FloatTensor> plain = recordedTensors(without);
    for (const auto& [key, tensor] : recordedTensors(with))
        EXPECT_EQ(maxDifference(tensor, plain.at(key)), 0) << key;
    EXPECT_TRUE(gradientKeys(extrasOf(without)).empty());
    EXPECT_FALSE(without.gradientTarget);
    if (!with.generated.empty()) {
        EXPECT_EQ(with.generated[0].replayMaxLogitDifference, without.generated[0].replayMaxLogitDifference);
    }
}

TEST_P(BlipGradients, ThePlanSaysWhichSitesHaveThem)
{
    const std::unique_ptr<Model> model = modelOf(modelFixture(GetParam().run));
    std::set<std::string> planned;
    for (const PlannedSite& site : model->plan(requestOf(GetParam()))) {
        EXPECT_TRUE(site.values);
        if (site.outputGradients)
            planned.insert(site.passId + "/" + site.name + ":gradient");
    }
    EXPECT_EQ(planned, gradientKeys(extrasOf(model->run(requestOf(GetParam()), {}, {}))));
}

INSTANTIATE_TEST_SUITE_P(Reference, BlipGradients, testing::ValuesIn(gradientCases()),
                         [](const auto& info) { return info.param.name; });

/// The case of that name, without a token of its own.
RunRequest requestFor(const std::string& run, GradientRequest gradients)
{
    RunRequest request = modelFixture(run).request();
    request.gradients = std::move(gradients);
    return request;
}

TEST(BlipGradientTarget, IsTheGeneratedTokenUnlessAnotherIsNamed)
{
    const ModelFixture& fixture = modelFixture("qa_wide");
    const RunResult result = modelOf(fixture)->run(requestFor("qa_wide", {"answer", 1, {}}), {}, {});
    EXPECT_EQ(result.gradientTarget->tokenId, fixture.generated[2]); // the start token comes first
}

TEST(BlipGradientTarget, OfAnOutputWithScoresIsTheFirst)
{
    const RunResult result = modelOf(modelFixture("retrieval"))->run(requestFor("retrieval", {"match", 0, {}}), {}, {});
    EXPECT_EQ(result.gradientTarget->score, "match probability");
    EXPECT_EQ(result.gradientTarget->quantity, GradientQuantity::Logit);
}

TEST(BlipGradientTarget, GradientsGoToTheSinkTheLastSiteFirst)
{
    RunRequest request = requestFor("qa_wide", {"answer", 0, {}});
    std::vector<std::string> taken;
    request.capture.gradientSink = [&](const std::string& pass, const std::string& site, FloatTensor&& gradient) {
        EXPECT_FALSE(gradient.empty());
        taken.push_back(pass + "/" + site);
    };
    std::vector<std::string> recorded;
    const RunResult result = modelOf(modelFixture("qa_wide"))->run(request, {}, {});
    for (const RecordedPass& pass : result.passes)
        for (const RecordedSite& site : pass.sites) {
            EXPECT_TRUE(site.outputGradients.empty());
            recorded.push_back(pass.id + "/" + site.name);
        }
    EXPECT_THAT(taken, testing::UnorderedElementsAreArray(recorded));
    EXPECT_EQ(taken.front(), recorded.back());
    EXPECT_EQ(taken.back(), recorded.front());
}

TEST(BlipGradientTarget, CanBeCancelledOnTheWayBack)
{
    RunRequest request = requestFor("qa_wide", {"answer", 0, {}});
    std::stop_source stop;
    int taken = 0;
    request.capture.gradientSink = [&](const std::string&, const std::string&, FloatTensor&&) {
        if (++taken == 3)
            stop.request_stop();
    };
    try {
        modelOf(modelFixture("qa_wide"))->run(request, stop.get_token(), {});
        ADD_FAILURE() << "went on";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Cancelled);
    }
    EXPECT_EQ(taken, 3);
}

TEST(BlipGradientTarget, TheWayBackIsReportedStepByStep)
{
    std::vector<int> steps;
    modelOf(modelFixture("retrieval"))
        ->run(requestFor("retrieval", {"cosine similarity", 0, {}}), {},
              [&](const std::string& stage, int done, int total) {
                  if (stage != "gradients")
                      return;
                  EXPECT_EQ(total, 4);
                  steps.push_back(done);
              });
    EXPECT_EQ(steps, (std::vector<int>{1, 2, 3, 4}));
}

struct Refused
{
    const char* run;
    GradientRequest gradients;
    ErrorKind kind;
    const char* message;
};

const Refused kRefused[] = {
    {"qa_wide", {"anwser", 0, {}}, ErrorKind::NotFound, "did you mean answer?"},
    {"qa_wide", {"", 0, {}}, ErrorKind::NotFound, "this run has answer"},
    {"qa_wide", {"match probability", 0, {}}, ErrorKind::NotFound, "this run has answer"},
    {"qa_wide", {"answer", -1, {}}, ErrorKind::InvalidRequest, "no token -1"},
    {"qa_wide", {"answer", 0, -1}, ErrorKind::InvalidRequest, "no token -1 to take gradients of"},
    {"qa_wide", {"answer", 0, 1'000'000}, ErrorKind::InvalidRequest, "no token 1000000 to take gradients of"},
    {"qa_wide", {"answer", 900, {}}, ErrorKind::InvalidRequest, "no token 900 of \"answer\""},
    {"caption", {"answer", 0, {}}, ErrorKind::NotFound, "this run has caption"},
    {"retrieval", {"match probabilty", 0, {}}, ErrorKind::NotFound, "did you mean match probability"},
    {"retrieval", {"match", 1, {}}, ErrorKind::InvalidRequest, "is a score"},
    {"retrieval", {"cosine similarity", 0, 3}, ErrorKind::InvalidRequest, "is a score"},
};

TEST(BlipGradientTarget, RefusesWhatARunDoesNotHave)
{
    for (const Refused& refused : kRefused) {
        SCOPED_TRACE(refused.message);
        try {
            modelOf(modelFixture(refused.run))->run(requestFor(refused.run, refused.gradients), {}, {});
            ADD_FAILURE() << "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), refused.kind) << error.what();
            EXPECT_THAT(error.what(), HasSubstr(refused.message));
        }
    }
}

} // namespace
} // namespace heedmap::test
