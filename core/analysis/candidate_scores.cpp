#include "core/analysis/candidate_scores.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace heedmap {

namespace {

/// Mean of each column. [positions]
std::vector<double> columnMeans(std::span<const float> attention, std::size_t positions)
{
    std::vector<double> means(positions);
    const std::size_t tokens = attention.size() / positions;
    for (std::size_t i = 0; i < attention.size(); ++i)
        means[i % positions] += attention[i] / static_cast<double>(tokens);
    return means;
}

/// Centre of each row's mass; a row without any stays where the one before it was. [tokens]
std::vector<double> centres(std::span<const float> attention, std::size_t positions)
{
    std::vector<double> result;
    for (std::size_t begin = 0; begin < attention.size(); begin += positions) {
        double mass = 0;
        double moment = 0;
        for (std::size_t p = 0; p < positions; ++p) {
            mass += attention[begin + p];
            moment += static_cast<double>(p) * attention[begin + p];
        }
        const double before = result.empty() ? 0.0 : result.back();
        result.push_back(mass > 0 ? moment / mass : before);
    }
    return result;
}

/// Where so much of the mass lies before. `share` in [0, 1].
double quantile(std::span<const double> mass, double total, double share)
{
    double before = 0;
    for (std::size_t p = 0; p < mass.size(); ++p) {
        if (mass[p] > 0 && before + mass[p] >= share * total)
            return static_cast<double>(p) + (share * total - before) / mass[p];
        before += mass[p];
    }
    return static_cast<double>(mass.size());
}

} // namespace

std::vector<float> meanOverHeads(const AlignmentWeights& weights)
{
    const auto size = static_cast<std::size_t>(weights.tokens * weights.positions);
    std::vector<double> sums(size);
    for (std::size_t i = 0; i < weights.values.size(); ++i)
        sums[i % size] += weights.values[i];
    std::vector<float> means;
    means.reserve(size);
    for (const double sum : sums)
        means.push_back(static_cast<float>(sum / static_cast<double>(weights.heads)));
    return means;
}

std::vector<bool> speechPositions(const MelFeatures& features, std::int64_t positions)
{
    if (positions * kFramesPerSoundPosition > features.frames)
        throw Error(ErrorKind::InvalidRequest, "{} positions have more than {} frames", positions, features.frames);
    std::vector<double> loudness;
    for (std::int64_t position = 0; position < positions; ++position) {
        double sum = 0;
        for (int bin = 0; bin < features.bins; ++bin)
            for (int frame = 0; frame < kFramesPerSoundPosition; ++frame)
                sum += features.values[static_cast<std::size_t>(std::int64_t{bin} * features.frames +
                                                                position * kFramesPerSoundPosition + frame)];
        loudness.push_back(sum / (features.bins * kFramesPerSoundPosition));
    }
    std::vector<double> sorted = loudness;
    std::ranges::sort(sorted);
    const std::size_t last = sorted.empty() ? 0 : sorted.size() - 1;
    const double low = sorted.empty() ? 0 : sorted[last / 10];
    const double high = sorted.empty() ? 0 : sorted[(9 * last + 9) / 10];
    std::vector<bool> speech;
    for (const double value : loudness)
        speech.push_back(high == low || value > (low + high) / 2);
    return speech;
}

ListeningMeasures listeningMeasures(std::span<const float> attention, const std::vector<bool>& speech)
{
    const std::size_t positions = speech.size();
    if (positions == 0 || attention.size() % positions != 0)
        throw Error(ErrorKind::InvalidRequest, "{} weights are not rows of {} positions", attention.size(), positions);
    ListeningMeasures measures;
    if (attention.empty())
        return measures;
    const std::vector<double> means = columnMeans(attention, positions);
    const auto spoken = static_cast<double>(std::ranges::count(speech, true));
    for (std::size_t p = 0; p < positions; ++p)
        measures.coverage += speech[p] ? std::min(1 / spoken, means[p]) : 0.0;
    measures.inside = std::accumulate(means.begin(), means.end(), 0.0);
    const std::vector<double> way = centres(attention, positions);
    double forward = 0;
    double length = 0;
    for (std::size_t t = 1; t < way.size(); ++t) {
        forward += std::max(0.0, way[t] - way[t - 1]);
        length += std::abs(way[t] - way[t - 1]);
    }
    measures.monotonicity = length > 0 ? forward / length : 1.0;
    return measures;
}

PositionSpan middleHalf(std::span<const double> mass)
{
    const double total = std::accumulate(mass.begin(), mass.end(), 0.0);
    if (!(total > 0))
        return {0, static_cast<double>(mass.size())};
    return {quantile(mass, total, 0.25), quantile(mass, total, 0.75)};
}

} // namespace heedmap
