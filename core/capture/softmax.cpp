#include "core/capture/softmax.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

namespace heedmap {

namespace {

constexpr std::size_t kLanes = 32; ///< sums side by side: compilers may not reorder one sum
constexpr double kNone = -std::numeric_limits<double>::infinity();

// Inlined into a function per instruction set, and vectorised there.
#define HEEDMAP_ALWAYS_INLINE inline __attribute__((always_inline))

/// eˣ for x ≤ 0, 0 below kSmallest: x = n ln 2 + r, e^r by its Taylor series (|r| ≤ ln 2 / 2). A mask instead of
/// a branch: a loop with branches is not vectorised.
HEEDMAP_ALWAYS_INLINE float exponential(float x)
{
    constexpr float kSmallest = -86.0F;
    constexpr float kRounder = 12582912.0F; // 1.5 · 2²³: what is added to it is rounded to an integer in its low bits
    const float shifted = x * std::numbers::log2e_v<float> + kRounder;
    const float n = shifted - kRounder;
    const float r = (x - n * 0.693145752F) - n * 1.42860677e-6F; // ln 2 in two parts; n times the first is exact
    float series = 1.0F / 720;
    series = series * r + 1.0F / 120;
    series = series * r + 1.0F / 24;
    series = series * r + 1.0F / 6;
    series = series * r + 0.5F;
    series = series * r + 1.0F;
    series = series * r + 1.0F;
    const std::uint32_t power = (std::bit_cast<std::uint32_t>(shifted) << 23) + 0x3f800000U; // the bits of 2ⁿ
    const float value = series * std::bit_cast<float>(power);
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & (x < kSmallest ? 0U : ~0U));
}

/// s in place of the scores; hidden ones become −∞.
HEEDMAP_ALWAYS_INLINE void scaleScores(const SoftmaxInput& input)
{
    for (double& score : input.scores)
        score *= input.scale;
    if (input.softCap)
        for (double& score : input.scores)
            score = *input.softCap * std::tanh(score / *input.softCap);
    for (std::size_t key = 0; key < input.visible.size(); ++key)
        input.scores[key] = input.visible[key] != 0 ? input.scores[key] : kNone;
}

/// A NaN is passed over.
HEEDMAP_ALWAYS_INLINE double highestOf(std::span<const double> scores)
{
    double lanes[kLanes];
    std::ranges::fill(lanes, kNone);
    std::size_t key = 0;
    for (; key + kLanes <= scores.size(); key += kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            lanes[lane] = scores[key + lane] > lanes[lane] ? scores[key + lane] : lanes[lane];
    for (; key < scores.size(); ++key)
        lanes[0] = scores[key] > lanes[0] ? scores[key] : lanes[0];
    return *std::ranges::max_element(lanes);
}

HEEDMAP_ALWAYS_INLINE double sumOf(std::span<const float> values)
{
    double lanes[kLanes] = {};
    std::size_t key = 0;
    for (; key + kLanes <= values.size(); key += kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            lanes[lane] += values[key + lane];
    for (; key < values.size(); ++key)
        lanes[0] += values[key];
    double sum = 0;
    for (const double lane : lanes)
        sum += lane;
    return sum;
}

HEEDMAP_ALWAYS_INLINE void softmaxInline(const SoftmaxInput& input, std::span<float> out)
{
    scaleScores(input);
    double highest = highestOf(input.scores);
    if (highest == kNone) {
        // std::isnan per score only here: a row of nothing but −∞ and NaN
        const bool broken = std::ranges::any_of(input.scores, [](double score) { return std::isnan(score); });
        std::ranges::fill(out, broken ? std::numeric_limits<float>::quiet_NaN() : 0.0F);
        return;
    }
    for (std::size_t key = 0; key < out.size(); ++key)
        out[key] = exponential(static_cast<float>(input.scores[key] - highest));
    const auto factor = static_cast<float>(1 / sumOf(out));
    for (float& weight : out)
        weight *= factor;
}

#if defined(__x86_64__)

__attribute__((target("avx2,fma"))) void softmaxAvx2(const SoftmaxInput& input, std::span<float> out)
{
    softmaxInline(input, out);
}

__attribute__((target("avx512f,avx512vl,avx512dq,fma"))) void softmaxAvx512(const SoftmaxInput& input,
                                                                            std::span<float> out)
{
    softmaxInline(input, out);
}

#endif

} // namespace

void softmax(const SoftmaxInput& input, std::span<float> out, InstructionSet instructions)
{
#if defined(__x86_64__)
    if (instructions == InstructionSet::Avx512)
        return softmaxAvx512(input, out);
    if (instructions == InstructionSet::Avx2)
        return softmaxAvx2(input, out);
#endif
    softmaxInline(input, out);
}

} // namespace heedmap
