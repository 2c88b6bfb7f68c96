#include "core/capture/softmax.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace heedmap::test {
namespace {

using testing::Each;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<InstructionSet> instructionSets()
{
    std::vector<InstructionSet> sets;
    for (const InstructionSet set : {InstructionSet::Portable, InstructionSet::Avx2, InstructionSet::Avx512})
        if (set <= instructionSet())
            sets.push_back(set);
    return sets;
}

std::vector<float> softmaxOf(std::vector<double> scores, InstructionSet set, std::vector<std::uint8_t> visible = {})
{
    std::vector<float> out(scores.size(), -1);
    softmax({scores, 1, {}, visible}, out, set);
    return out;
}

/// The definition in extended precision.
std::vector<long double> expected(const SoftmaxInput& input)
{
    std::vector<long double> weights;
    long double sum = 0;
    for (const double score : input.scores) {
        long double value = static_cast<long double>(score) * input.scale;
        if (input.softCap)
            value = *input.softCap * std::tanh(value / *input.softCap);
        const bool shown = input.visible.empty() || input.visible[weights.size()] != 0;
        weights.push_back(shown ? std::exp(value) : 0);
        sum += weights.back();
    }
    for (long double& weight : weights)
        weight /= sum;
    return weights;
}

void expectDefinition(std::size_t count, std::optional<double> softCap, bool withHidden, InstructionSet set)
{
    std::mt19937 random(static_cast<unsigned>(count));
    std::normal_distribution<double> normal(300, 60); // far from zero: single precision would lose four digits
    std::vector<double> scores(count);
    std::vector<std::uint8_t> visible(withHidden ? count : 0);
    for (double& score : scores)
        score = normal(random);
    for (std::size_t key = 0; key < visible.size(); ++key)
        visible[key] = key % 3 != 1;
    const std::vector<long double> weights = expected({scores, 0.125, softCap, visible});
    std::vector<float> out(count);
    softmax({scores, 0.125, softCap, visible}, out, set);
    for (std::size_t key = 0; key < count; ++key)
        ASSERT_NEAR(out[key], static_cast<double>(weights[key]), 3e-6 * static_cast<double>(weights[key]) + 1e-37)
            << key << " of " << count << ", instruction set " << static_cast<int>(set);
}

TEST(Softmax, IsTheDefinition)
{
    for (const InstructionSet set : instructionSets())
        for (const std::size_t count : {1U, 2U, 31U, 32U, 33U, 577U, 4097U})
            for (const std::optional<double> softCap : {std::optional<double>(), std::optional<double>(30)})
                for (const bool withHidden : {false, true})
                    expectDefinition(count, softCap, withHidden, set);
}

TEST(Softmax, OfFarScoresIsZeroWithoutUnderflow)
{
    for (const InstructionSet set : instructionSets()) {
        const std::vector<float> out = softmaxOf({0, -80, -87, -1e4, -1e300, -kInfinity}, set);
        EXPECT_EQ(out[0], 1);
        EXPECT_NEAR(out[1], std::exp(-80.0), 4e-6 * std::exp(-80.0));
        EXPECT_THAT(std::vector<float>(out.begin() + 2, out.end()), Each(0));
    }
}

TEST(Softmax, WithNothingToLookAtIsZero)
{
    for (const InstructionSet set : instructionSets()) {
        EXPECT_THAT(softmaxOf({1, 2, 3}, set, {0, 0, 0}), Each(0));
        EXPECT_THAT(softmaxOf({-kInfinity, -kInfinity}, set), Each(0));
    }
}

TEST(Softmax, ShowsABrokenRow)
{
    const double nan = std::nan("");
    for (const InstructionSet set : instructionSets()) {
        EXPECT_THAT(softmaxOf({1, nan, 3}, set), Each(testing::IsNan()));
        EXPECT_THAT(softmaxOf({nan, nan}, set), Each(testing::IsNan()));
        EXPECT_THAT(softmaxOf({1, kInfinity}, set), Each(testing::IsNan()));
        EXPECT_THAT(softmaxOf({2, nan, 2}, set, {1, 0, 1}), testing::ElementsAre(0.5F, 0, 0.5F));
    }
}

} // namespace
} // namespace heedmap::test
