#include "core/analysis/candidate_scores.h"
#include "core/analysis/word_differences.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "tests/core/base/expect_error.h"

#include <gtest/gtest.h>

namespace heedmap::test {
namespace {

/// What NumPy says (make_candidate_scores.py).
Json expected(const char* part)
{
    const std::filesystem::path path =
        std::filesystem::path(HEEDMAP_SOURCE_DIR) / "tests" / "fixtures" / "analysis" / "candidate_scores.json";
    return parseJson(readTextFile(path, 1 << 22), path.string()).at(part);
}

TEST(CandidateScores, MeasuresAreNumPys)
{
    for (const Json& example : expected("attention")) {
        const AlignmentWeights weights{example.at("heads"), example.at("tokens"), example.at("positions"),
                                       example.at("values").get<std::vector<float>>()};
        const std::vector<float> mean = meanOverHeads(weights);
        const auto wanted = example.at("mean").get<std::vector<double>>();
        ASSERT_EQ(mean.size(), wanted.size());
        for (std::size_t i = 0; i < mean.size(); ++i)
            ASSERT_NEAR(mean[i], wanted[i], 1e-7);
        const ListeningMeasures measures = listeningMeasures(mean, example.at("speech").get<std::vector<bool>>());
        EXPECT_NEAR(measures.coverage, example.at("coverage"), 1e-6);
        EXPECT_NEAR(measures.inside, example.at("inside"), 1e-6);
        EXPECT_NEAR(measures.monotonicity, example.at("monotonicity"), 1e-5);
        for (std::int64_t row = 0; row < weights.tokens; ++row) {
            const auto begin = mean.begin() + row * weights.positions;
            const PositionSpan half = middleHalf(std::vector<double>(begin, begin + weights.positions));
            const Json& borders = example.at("middle_halves").at(static_cast<std::size_t>(row));
            EXPECT_NEAR(half.begin, borders.at(0), 1e-4);
            EXPECT_NEAR(half.end, borders.at(1), 1e-4);
        }
    }
}

TEST(CandidateScores, EvenAttentionCoversEverythingAndOnePlaceOnlyItself)
{
    const std::vector<bool> all(4, true);
    const std::vector<float> even(8, 0.25f);
    EXPECT_NEAR(listeningMeasures(even, all).coverage, 1, 1e-6);
    const std::vector<float> fixed = {1, 0, 0, 0, 1, 0, 0, 0};
    EXPECT_NEAR(listeningMeasures(fixed, all).coverage, 0.25, 1e-6);
    EXPECT_EQ(listeningMeasures(fixed, all).monotonicity, 1) << "nothing moves";
    const std::vector<float> forth = {1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0};
    EXPECT_NEAR(listeningMeasures(forth, all).monotonicity, 0.75, 1e-6) << "three on, one back";
    EXPECT_EQ(listeningMeasures({}, all).coverage, 0);
    expectError(ErrorKind::InvalidRequest, {"7", "4"}, [&] { listeningMeasures(std::span(even).first(7), all); });
}

TEST(CandidateScores, SpeechIsWhatIsLoud)
{
    for (const Json& example : expected("loudness")) {
        MelFeatures features;
        features.bins = example.at("bins");
        features.frames = example.at("frames");
        features.values = example.at("values").get<std::vector<float>>();
        EXPECT_EQ(speechPositions(features, example.at("positions")), example.at("speech").get<std::vector<bool>>());
    }
    const MelFeatures flat{2, 6, std::vector<float>(12, 0.5f)};
    EXPECT_EQ(speechPositions(flat, 3), std::vector<bool>(3, true));
    expectError(ErrorKind::InvalidRequest, {"4 positions", "6 frames"}, [&] { speechPositions(flat, 4); });
}

TEST(CandidateScores, PositionsEndWithTheRecording)
{
    EXPECT_EQ(heardPositions(0.74, 0, 0.02, 50), 37);
    EXPECT_EQ(heardPositions(30, 0, 0.02, 50), 50);
    EXPECT_EQ(heardPositions(1.3, 1, 0.02, 50), 15);
    EXPECT_EQ(heardPositions(0.001, 0, 0.02, 50), 1);
    EXPECT_EQ(heardPositions(2.613, 2, 0.02, 50), 30) << "whole frames alone where there are several windows";
    EXPECT_EQ(heardPositions(0.613, 0, 0.02, 50), 31) << "every frame begun where there is one";
    const PositionSpan none = middleHalf(std::vector<double>(3));
    EXPECT_EQ(none.begin, 0);
    EXPECT_EQ(none.end, 3);
}

std::vector<WordDifference> differences(const std::vector<std::string>& a, const std::vector<std::string>& b)
{
    return wordDifferences(a, b);
}

TEST(WordDifferences, AreWhatLiesBetweenCommonWords)
{
    using List = std::vector<WordDifference>;
    EXPECT_EQ(differences({"a", "ship", "sails"}, {"a", "sheep", "sails"}), (List{{1, 2, 1, 2}}));
    EXPECT_EQ(differences({"a", "ship"}, {"a", "ship"}), List{});
    EXPECT_EQ(differences({}, {"a"}), (List{{0, 0, 0, 1}}));
    EXPECT_EQ(differences({"a", "big", "ship"}, {"ship", "there"}), (List{{0, 2, 0, 0}, {3, 3, 1, 2}}));
    EXPECT_EQ(differences({"x", "a", "b", "c"}, {"a", "x", "b", "d"}),
              (List{{0, 0, 0, 1}, {1, 2, 2, 2}, {3, 4, 3, 4}}));
}

TEST(WordDifferences, LeaveOutAsFewWordsAsPossible)
{
    const std::vector<std::string> a = {"the", "cat", "sat", "on", "the", "mat", "by", "the", "door"};
    const std::vector<std::string> b = {"the", "mat", "sat", "by", "the", "cat", "on", "the", "door"};
    std::size_t changed = 0;
    for (const WordDifference& difference : wordDifferences(a, b))
        changed += difference.end - difference.begin;
    EXPECT_EQ(a.size() - changed, 5u); // the sat on the door
}

} // namespace
} // namespace heedmap::test
