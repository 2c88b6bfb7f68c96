#include "core/models/architectures.h"
#include "tests/models/blip_fixtures.h"

#include <gtest/gtest.h>

#include <cmath>

namespace heedmap::test {
namespace {

constexpr double kTolerance = 1e-5;

class BlipParity : public testing::TestWithParam<BlipFixture>
{
protected:
    RunResult run() const
    {
        return loadModel(Checkpoint::open(GetParam().modelFolder))->run(GetParam().request(), {}, {});
    }
};

class BlipGenerationParity : public BlipParity
{};
class BlipRetrievalParity : public BlipParity
{};

std::vector<BlipFixture> fixturesThatGenerate(bool generate)
{
    std::vector<BlipFixture> fixtures = blipFixtures();
    std::erase_if(fixtures, [&](const BlipFixture& fixture) { return fixture.generated.empty() == generate; });
    return fixtures;
}

std::string nameOf(const testing::TestParamInfo<BlipFixture>& info)
{
    return info.param.name;
}

std::vector<std::int32_t> sequenceOf(const RunResult& result)
{
    const GeneratedText& text = *result.generated;
    std::vector<std::int32_t> ids;
    for (const RunAxis& axis : result.axes)
        if (axis.id == text.axisId)
            ids = axis.tokenIds;
    ids.push_back(text.tokens.back().id);
    return ids;
}

TEST_P(BlipParity, EveryStageEqualsTheReference)
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

TEST_P(BlipParity, SitesComeInTheReferencesOrder)
{
    std::vector<std::string> expected;
    for (const std::string& key : GetParam().stages)
        if (key.ends_with("attention.self") || key.ends_with("self_attn"))
            expected.push_back(key);
    std::vector<std::string> actual;
    for (const RecordedPass& pass : run().passes)
        for (std::size_t i = 0; i < pass.sites.size(); ++i) {
            EXPECT_EQ(pass.sites[i].order, static_cast<int>(i));
            actual.push_back(pass.id + "/" + pass.sites[i].name);
        }
    EXPECT_EQ(actual, expected);
}

TEST_P(BlipGenerationParity, GeneratedTextEqualsTheReference)
{
    const RunResult result = run();
    EXPECT_EQ(sequenceOf(result), GetParam().generated);
    EXPECT_EQ(result.generated->ended, GetParam().generated.back() == 3);
    EXPECT_LE(result.generated->replayMaxLogitDifference, kTolerance);
}

/// The reference's logits of every decoding step are those of the replay's predicting rows.
TEST_P(BlipGenerationParity, PredictingRowsHoldTheLogitsOfTheirDecodingSteps)
{
    const RunResult result = run();
    const GeneratedText& text = *result.generated;
    const FloatTensor replay = recordedTensors(result).at(text.passId + "/text_decoder.cls");
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

TEST_P(BlipRetrievalParity, ScoresEqualTheReference)
{
    const RunResult result = run();
    const FloatTensor& match = GetParam().expected.at("scores/itm_probabilities");
    EXPECT_NEAR(result.scores->noMatchProbability, match.values[0], kTolerance);
    EXPECT_NEAR(result.scores->matchProbability, match.values[1], kTolerance);
    EXPECT_NEAR(result.scores->cosine, GetParam().expected.at("scores/itc").values[0], kTolerance);
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

TEST_P(BlipParity, WeightsFollowFromRecordedQueriesKeysScaleAndMask)
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

INSTANTIATE_TEST_SUITE_P(Reference, BlipParity, testing::ValuesIn(blipFixtures()), nameOf);
INSTANTIATE_TEST_SUITE_P(Reference, BlipGenerationParity, testing::ValuesIn(fixturesThatGenerate(true)), nameOf);
INSTANTIATE_TEST_SUITE_P(Reference, BlipRetrievalParity, testing::ValuesIn(fixturesThatGenerate(false)), nameOf);

} // namespace
} // namespace heedmap::test
