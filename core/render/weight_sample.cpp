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

struct Extremes
{
    float smallest = 0;
    float largest = 0;
    std::int64_t count = 0;
};

Extremes extremesOf(std::span<const std::span<const float>> runs)
{
    Extremes found{std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(), 0};
    for (std::span<const float> run : runs)
        for (const float weight : run) { // without branches: half a million at every hover
            const bool finite = std::isfinite(weight);
            found.smallest = finite && weight < found.smallest ? weight : found.smallest;
            found.largest = finite && weight > found.largest ? weight : found.largest;
            found.count += finite ? 1 : 0;
        }
    return found;
}

/// One weight of every stretch of `stretch` weights.
void pickWeights(std::span<const std::span<const float>> runs, std::size_t stretch, std::vector<float>& out)
{
    std::size_t begin = 0; // of the run, counted through all runs
    std::size_t index = 0;
    std::size_t pick = mixed(0) % stretch;
    for (std::span<const float> run : runs) {
        while (pick < begin + run.size()) {
            if (std::isfinite(run[pick - begin]))
                out.push_back(run[pick - begin]);
            ++index;
            pick = index * stretch + mixed(index) % stretch;
        }
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

WeightSample sampleOf(std::span<const std::span<const float>> runs)
{
    std::size_t total = 0;
    for (std::span<const float> run : runs)
        total += run.size();
    const Extremes extremes = extremesOf(runs);
    WeightSample sample;
    sample.count = extremes.count;
    sample.notFinite = static_cast<std::int64_t>(total) - extremes.count;
    if (total <= WeightSample::kMostKept) {
        sample.sorted.reserve(total);
        for (std::span<const float> run : runs)
            std::ranges::copy_if(run, std::back_inserter(sample.sorted), [](float w) { return std::isfinite(w); });
    } else if (extremes.count > 0) {
        pickWeights(runs, (total + WeightSample::kMostKept - 1) / WeightSample::kMostKept, sample.sorted);
        sample.sorted.push_back(extremes.smallest);
        sample.sorted.push_back(extremes.largest);
    }
    sortAscending(sample.sorted);
    return sample;
}

WeightSample sampleOf(std::span<const float> weights)
{
    return sampleOf(std::span<const std::span<const float>>(&weights, 1));
}

} // namespace heedmap
