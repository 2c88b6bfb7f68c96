#include "core/render/weight_sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heedmap {

namespace {

/// Spreads picks inside their stretches (splitmix64): a fixed place would pick the same keys of every row.
std::int64_t mixed(std::int64_t index, std::int64_t below)
{
    std::uint64_t bits = static_cast<std::uint64_t>(index) + 0x9e3779b97f4a7c15ULL;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
    return static_cast<std::int64_t>((bits ^ (bits >> 31)) % static_cast<std::uint64_t>(below));
}

} // namespace

WeightSampler::WeightSampler(std::int64_t expected)
    : m_stretch(std::max<std::int64_t>(1, (expected + kMostHeld - 1) / kMostHeld)),
      m_smallest(std::numeric_limits<float>::infinity()), m_largest(-std::numeric_limits<float>::infinity())
{
    nextPick();
}

void WeightSampler::nextPick()
{
    m_pick = m_index * m_stretch + mixed(m_index, m_stretch);
    ++m_index;
}

void WeightSampler::add(std::span<const float> run)
{
    std::int64_t finiteCount = 0;
    for (const float weight : run) { // without branches: this is done to every weight of a map
        const bool finite = std::isfinite(weight);
        m_smallest = finite && weight < m_smallest ? weight : m_smallest;
        m_largest = finite && weight > m_largest ? weight : m_largest;
        finiteCount += finite ? 1 : 0;
    }
    const auto size = static_cast<std::int64_t>(run.size());
    m_notFinite += size - finiteCount;
    while (m_pick < m_seen + size) {
        const float weight = run[static_cast<std::size_t>(m_pick - m_seen)];
        if (std::isfinite(weight))
            m_held.push_back(weight);
        nextPick();
    }
    m_seen += size;
}

WeightSample WeightSampler::finish() const
{
    std::vector<float> weights = m_held;
    if (m_stretch > 1 && m_seen > m_notFinite) {
        weights.push_back(m_smallest);
        weights.push_back(m_largest);
    }
    WeightSample sample = sampleOf(weights);
    sample.count = m_seen - m_notFinite;
    sample.notFinite = m_notFinite;
    return sample;
}

} // namespace heedmap
