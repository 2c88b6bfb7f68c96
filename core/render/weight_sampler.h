#pragma once

#include "core/render/weight_sample.h"

namespace heedmap {

/// A WeightSample of more weights than fit into memory, handed over run by run. Up to `kMostHeld` weights it is
/// sampleOf() of all of them; of more, one weight out of each stretch of equal length is kept, always the same ones,
/// and the extremes. Not thread-safe.
class WeightSampler
{
public:
    static constexpr std::int64_t kMostHeld = std::int64_t{1} << 21;

    /// `expected`: how many weights there will be, about; says how long the stretches are.
    explicit WeightSampler(std::int64_t expected);
    void add(std::span<const float> run);
    WeightSample finish() const;

private:
    void nextPick();

    std::vector<float> m_held;
    std::int64_t m_stretch;
    std::int64_t m_seen = 0; ///< weights, finite or not
    std::int64_t m_index = 0;
    std::int64_t m_pick = 0; ///< the weight to keep next, counted as `m_seen`
    std::int64_t m_notFinite = 0;
    float m_smallest;
    float m_largest;
};

} // namespace heedmap
