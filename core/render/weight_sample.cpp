#include "core/render/weight_sample.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace heedmap {

namespace {

/// Spreads picks inside their stretches: a fixed place would pick the same keys of every row.
std::size_t mixed(std::size_t index)
{
    std::uint64_t bits = index + 0x9e3779b97f4a7c15ULL; // splitmix64
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
    return static_cast<std::size_t>(bits ^ (bits >> 31));
}

/// In `part`; without branches and eight at a time, for compilers do not reorder one extreme: millions at every hover.
void addExtremes(std::span<const float> run, WeightSamplePart& part)
{
    constexpr std::size_t lanes = 8;
    constexpr float infinity = std::numeric_limits<float>::infinity();
    float smallest[lanes];
    float largest[lanes];
    std::int32_t finite[lanes] = {}; // a run is a row of keys or a part of one
    std::ranges::fill(smallest, part.smallest);
    std::ranges::fill(largest, part.largest);
    const auto add = [&](std::size_t lane, float weight) {
        const bool isFinite = std::abs(weight) < infinity; // false for NaN
        smallest[lane] = isFinite && weight < smallest[lane] ? weight : smallest[lane];
        largest[lane] = isFinite && weight > largest[lane] ? weight : largest[lane];
        finite[lane] += isFinite ? 1 : 0;
    };
    std::size_t i = 0;
    for (; i + lanes <= run.size(); i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            add(lane, run[i + lane]);
    for (; i < run.size(); ++i)
        add(0, run[i]);
    part.smallest = *std::ranges::min_element(smallest);
    part.largest = *std::ranges::max_element(largest);
    part.finite += std::accumulate(std::begin(finite), std::end(finite), std::int64_t{0});
    part.count += static_cast<std::int64_t>(run.size());
}

/// One weight of every stretch of `stretch` weights, of those from the one numbered `begin` on.
void pickWeights(std::span<const std::span<const float>> runs, std::size_t begin, std::size_t stretch,
                 std::vector<float>& out)
{
    std::size_t index = begin / stretch;
    const auto pickOf = [stretch](std::size_t i) { return i * stretch + mixed(i) % stretch; };
    std::size_t pick = pickOf(index);
    if (pick < begin)
        pick = pickOf(++index);
    for (std::span<const float> run : runs) {
        for (; pick < begin + run.size(); pick = pickOf(++index))
            if (std::isfinite(run[pick - begin]))
                out.push_back(run[pick - begin]);
        begin += run.size();
    }
}

/// The bits of a float as a number in the order of the floats.
std::uint32_t orderOf(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return bits & 0x80000000U ? ~bits : bits | 0x80000000U;
}

/// Least digit first, eleven bits at a time: 65 536 weights take a tenth of what comparing them takes, at every hover.
void sortAscending(std::vector<float>& values)
{
    constexpr int kDigitBits = 11;
    constexpr std::uint32_t kDigits = 1U << kDigitBits;
    std::vector<float> other(values.size());
    std::vector<std::size_t> place(kDigits);
    for (int shift = 0; shift < 32; shift += kDigitBits) {
        const auto digit = [shift](float value) { return (orderOf(value) >> shift) & (kDigits - 1); };
        std::ranges::fill(place, 0);
        for (const float value : values)
            ++place[digit(value)];
        std::exclusive_scan(place.begin(), place.end(), place.begin(), std::size_t{0});
        for (const float value : values)
            other[place[digit(value)]++] = value;
        values.swap(other);
    }
}

} // namespace

double WeightSample::percentile(double percent) const
{
    if (sorted.empty())
        return 0;
    const double rank = percent / 100 * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(rank);
    const double value = sorted[below];
    return below + 1 == sorted.size() ? value : value + (sorted[below + 1] - value) * (rank - std::floor(rank));
}

double WeightSample::rankOf(double value) const
{
    if (sorted.empty() || std::isnan(value))
        return 0;
    const auto after = std::upper_bound(sorted.begin(), sorted.end(), value);
    return static_cast<double>(after - sorted.begin()) / static_cast<double>(sorted.size());
}

double WeightSample::valueAtRank(double rank) const
{
    if (sorted.empty())
        return 0;
    const double place = std::ceil(std::clamp(rank, 0.0, 1.0) * static_cast<double>(sorted.size()) - 1e-9) - 1;
    return sorted[static_cast<std::size_t>(std::max(place, 0.0))];
}

WeightSamplePart samplePart(std::span<const std::span<const float>> runs, std::size_t begin, std::size_t total)
{
    WeightSamplePart part;
    for (std::span<const float> run : runs)
        addExtremes(run, part);
    const std::size_t stretch =
        std::max<std::size_t>(1, (total + WeightSample::kMostKept - 1) / WeightSample::kMostKept);
    part.kept.reserve(static_cast<std::size_t>(part.count) / stretch + 2);
    pickWeights(runs, begin, stretch, part.kept);
    return part;
}

WeightSample sampleOf(std::span<const WeightSamplePart* const> parts)
{
    WeightSample sample;
    float smallest = std::numeric_limits<float>::infinity();
    float largest = -smallest;
    for (const WeightSamplePart* part : parts) {
        smallest = std::min(smallest, part->smallest);
        largest = std::max(largest, part->largest);
        sample.count += part->finite;
        sample.notFinite += part->count - part->finite;
        sample.sorted.insert(sample.sorted.end(), part->kept.begin(), part->kept.end());
    }
    const bool isPart = sample.count + sample.notFinite > static_cast<std::int64_t>(WeightSample::kMostKept);
    if (isPart && sample.count > 0)
        sample.sorted.insert(sample.sorted.end(), {smallest, largest});
    sortAscending(sample.sorted);
    return sample;
}

WeightSample sampleOf(std::span<const std::span<const float>> runs)
{
    std::size_t total = 0;
    for (std::span<const float> run : runs)
        total += run.size();
    const WeightSamplePart part = samplePart(runs, 0, total);
    const WeightSamplePart* const all = &part;
    return sampleOf(std::span(&all, 1));
}

WeightSample sampleOf(std::span<const float> weights)
{
    return sampleOf(std::span<const std::span<const float>>(&weights, 1));
}

} // namespace heedmap
