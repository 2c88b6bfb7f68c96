#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace heedmap {

/// The weights a colour bar is fitted to, in order. Weights that are no finite numbers are counted and left out.
struct WeightSample
{
    /// Above so many weights a sample stands for them: one weight out of each of this many stretches of equal length,
    /// always the same ones, and the extremes. The rank of a sampled percentile is then within 0.2 % of the true one.
    static constexpr std::size_t kMostKept = std::size_t{1} << 16;

    std::vector<float> sorted; ///< ascending
    std::int64_t count = 0;    ///< finite weights it stands for
    std::int64_t notFinite = 0;

    bool isPart() const { return count > static_cast<std::int64_t>(sorted.size()); }
    /// As numpy.percentile: linear between neighbours. 0 for an empty sample.
    double percentile(double percent) const;
    /// The part of the weights that are at most `value`, in [0, 1]; 0 for an empty sample and for NaN.
    double rankOf(double value) const;
    /// The smallest weight whose rank is at least `rank`; 0 for an empty sample.
    double valueAtRank(double rank) const;
};

/// Of the weights of several runs, as if they were one.
WeightSample sampleOf(std::span<const std::span<const float>> runs);
WeightSample sampleOf(std::span<const float> weights);

/// What some of the weights of a sample contribute to it: parts can be taken while their weights are at hand, in any
/// order, on several threads.
struct WeightSamplePart
{
    float smallest = std::numeric_limits<float>::infinity(); ///< of the finite ones
    float largest = -std::numeric_limits<float>::infinity();
    std::int64_t finite = 0;
    std::int64_t count = 0;
    std::vector<float> kept; ///< not sorted
};

/// Of the weights [begin, begin + those of the runs) of `total`.
WeightSamplePart samplePart(std::span<const std::span<const float>> runs, std::size_t begin, std::size_t total);
/// The same as of all weights together. Precondition: the parts are those of all `total` weights.
WeightSample sampleOf(std::span<const WeightSamplePart* const> parts);

} // namespace heedmap
