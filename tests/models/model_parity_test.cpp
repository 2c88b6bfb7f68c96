#include "core/models/architectures.h"
#include "tests/models/model_fixtures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace heedmap::test {
namespace {

constexpr double kTolerance = 1e-5;

class ModelParity : public testing::TestWithParam<ModelFixture>
{
protected:
    RunResult run() const
    {
        return loadModel(Checkpoint::open(GetParam().modelFolder))->run(GetParam().request(), {}, {});
    }
};

class ModelGenerationParity : public ModelParity
{};
class ModelScoresParity : public ModelParity
{};

std::vector<ModelFixture> fixturesThatGenerate()
{
    std::vector<ModelFixture> fixtures = modelFixtures();
    std::erase_if(fixtures, [](const ModelFixture& fixture) { return fixture.generated.empty(); });
    return fixtures;
}

std::vector<ModelFixture> fixturesWithScores()
{
    std::vector<ModelFixture> fixtures = modelFixtures();
    std::erase_if(fixtures, [](const ModelFixture& fixture) { return fixture.scores.empty(); });
    return fixtures;
}

std::string nameOf(const testing::TestParamInfo<ModelFixture>& info)
{
    return info.param.name;
}

TEST_P(ModelParity, EveryStageEqualsTheReference)
{
    const RunResult result = run();
    const std::map<std::string, FloatTensor> recorded = recordedTensors(result);
    std::size_t compared = 0;
    for (const std::string& key : GetParam().stages) {
        if (key.starts_with("decode/") || key.starts_with("scores/"))
            continue;
        ASSERT_TRUE(recorded.contains(key)) << "not recorded: " << key;
        const double difference = maxDifference(recorded.at(key), GetParam().expected.at(key));
        ASSERT_LE(difference, kTolerance) << "the first stage that differs is " << key;
        ++compared;
    }
    EXPECT_EQ(compared, recorded.size()) << "something was recorded that the reference does not have";
}

TEST_P(ModelParity, SitesComeInTheReferencesOrder)
{
    std::vector<std::string> actual;
    for (const RecordedPass& pass : run().passes)
        for (std::size_t i = 0; i < pass.sites.size(); ++i) {
            EXPECT_EQ(pass.sites[i].order, static_cast<int>(i));
            actual.push_back(pass.id + "/" + pass.sites[i].name);
        }
    std::vector<std::string> expected = GetParam().stages;
    std::erase_if(expected, [&](const std::string& key) { return std::ranges::count(actual, key) == 0; });
    EXPECT_FALSE(actual.empty());
    EXPECT_EQ(actual, expected);
}

TEST_P(ModelGenerationParity, GeneratedTextEqualsTheReference)
{
    const RunResult result = run();
    EXPECT_EQ(sequenceOf(result), GetParam().generated);
    EXPECT_LE(result.generated.at(0).replayMaxLogitDifference, kTolerance);
}

/// The key of the last stage of a pass: of one that generates, its logits.
std::string lastStageOf(const ModelFixture& fixture, const std::string& pass)
{
    std::string last;
    for (const std::string& key : fixture.stages)
        if (key.starts_with(pass + "/"))
            last = key;
    return last;
}

/// The reference's logits of every decoding step are those of the replay's predicting rows.
TEST_P(ModelGenerationParity, PredictingRowsHoldTheLogitsOfTheirDecodingSteps)
{
    const RunResult result = run();
    const GeneratedText& text = result.generated.at(0);
    const FloatTensor replay = recordedTensors(result).at(lastStageOf(GetParam(), text.passId));
    const FloatTensor& steps = GetParam().expected.at("decode/logits"); // [generated tokens, vocabulary]
    const std::int64_t vocabulary = steps.shape[1];
    ASSERT_EQ(static_cast<std::int64_t>(text.tokens.size()), steps.shape[0]);
    for (std::int64_t step = 0; step < steps.shape[0]; ++step) {
        const std::int64_t row = text.tokens[step].predictingRow;
        for (std::int64_t id = 0; id < vocabulary; ++id)
            ASSERT_NEAR(replay.values[row * vocabulary + id], steps.values[step * vocabulary + id], kTolerance)
                << "step " << step << ", token " << id;
    }
}

TEST_P(ModelScoresParity, ScoresEqualTheReference)
{
    const RunResult result = run();
    EXPECT_EQ(result.scores->values.size(), GetParam().scores.size());
    for (const auto& [name, value] : GetParam().scores)
        EXPECT_NEAR(scoreOf(result, name), value, kTolerance) << name;
}

bool isVisible(const MaskSymbols& mask, std::int64_t query, std::int64_t key)
{
    if (mask.causalOffset && key > query + *mask.causalOffset)
        return false;
    bool inRange = mask.keyRanges.empty();
    for (const auto& [begin, end] : mask.keyRanges)
        inRange = inRange || (key >= begin && key < end);
    return inRange;
}

/// softmax(scale · q·k) over the visible keys, in double precision.
std::vector<double> rowFromQueriesAndKeys(const RecordedSite& site, std::int64_t head, std::int64_t query)
{
    const std::int64_t keys = site.keys.shape[1];
    const std::int64_t queries = site.queries.shape[1];
    const float* q = &site.queries.values[(head * queries + query) * site.headDim];
    std::vector<double> row(keys);
    double sum = 0;
    for (std::int64_t key = 0; key < keys; ++key) {
        const float* k = &site.keys.values[(head * keys + key) * site.headDim];
        double score = 0;
        for (int i = 0; i < site.headDim; ++i)
            score += double{q[i]} * k[i];
        row[key] = isVisible(site.mask, query, key) ? std::exp(site.scale * score) : 0;
        sum += row[key];
    }
    for (double& weight : row)
        weight /= sum;
    return row;
}

TEST_P(ModelParity, WeightsFollowFromRecordedQueriesKeysScaleAndMask)
{
    const RunResult result = run();
    for (const RecordedPass& pass : result.passes)
        for (const RecordedSite& site : pass.sites) {
            ASSERT_EQ(site.weights.shape, (Shape{site.heads, site.queries.shape[1], site.keys.shape[1]})) << site.name;
            for (std::int64_t head = 0; head < site.heads; ++head)
                for (std::int64_t query = 0; query < site.queries.shape[1]; ++query) {
                    const std::vector<double> row = rowFromQueriesAndKeys(site, head, query);
                    for (std::size_t key = 0; key < row.size(); ++key)
                        ASSERT_NEAR(site.weights.values[(head * site.queries.shape[1] + query) * row.size() + key],
                                    row[key], 2e-6)
                            << site.name << ", head " << head << ", query " << query << ", key " << key;
                }
        }
}

TEST(Architectures, EachHasAParityFixture)
{
    for (const Architecture& architecture : architectures()) {
        const bool covered = std::ranges::any_of(modelFixtures(), [&](const ModelFixture& fixture) {
            return Checkpoint::open(fixture.modelFolder)->modelType() == architecture.modelType;
        });
        EXPECT_TRUE(covered) << architecture.modelType;
    }
}

INSTANTIATE_TEST_SUITE_P(Reference, ModelParity, testing::ValuesIn(modelFixtures()), nameOf);
INSTANTIATE_TEST_SUITE_P(Reference, ModelGenerationParity, testing::ValuesIn(fixturesThatGenerate()), nameOf);
INSTANTIATE_TEST_SUITE_P(Reference, ModelScoresParity, testing::ValuesIn(fixturesWithScores()), nameOf);

} // namespace
} // namespace heedmap::test
