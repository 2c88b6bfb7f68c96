#include "core/render/patch_samples.h"

#include "core/base/error.h"

#include <algorithm>

namespace heedmap {

namespace {

constexpr std::int64_t kMaxPixels = std::int64_t{1} << 26;

/// Where a pixel's value comes from along one side: two neighbouring patches and how much the second one counts.
struct Blend
{
    int first;
    int second;
    double weight;
};

/// Patch centres are at i + ½; beyond the outermost centres the value stays constant.
std::vector<Blend> blendsAlong(int patches, int samples)
{
    std::vector<Blend> blends;
    blends.reserve(static_cast<std::size_t>(patches) * static_cast<std::size_t>(samples));
    for (int pixel = 0; pixel < patches * samples; ++pixel) {
        const double position = std::clamp((pixel + 0.5) / samples - 0.5, 0.0, patches - 1.0);
        const int first = static_cast<int>(position);
        blends.push_back({first, std::min(first + 1, patches - 1), position - first});
    }
    return blends;
}

double blended(double first, double second, double weight)
{
    return weight == 0 ? first : first + (second - first) * weight; // a NaN neighbour does not spread to its centre
}

void checkSize(std::span<const float> values, int rows, int columns, int samples)
{
    const bool positive = rows > 0 && columns > 0 && samples > 0;
    const bool fits = positive && std::int64_t{rows} * columns <= kMaxPixels && samples <= 4096 &&
                      std::int64_t{rows} * columns <= kMaxPixels / samples / samples;
    if (!fits)
        throw Error(ErrorKind::InvalidRequest,
                    "a heat map of {} × {} patches with {} × {} pixels each cannot be drawn; at most {} pixels are",
                    rows, columns, samples, samples, kMaxPixels);
    if (static_cast<std::int64_t>(values.size()) != std::int64_t{rows} * columns)
        throw Error(ErrorKind::InvalidRequest, "{} values do not fill {} × {} patches", values.size(), rows, columns);
}

} // namespace

std::vector<double> samplePatches(std::span<const float> values, int rows, int columns, int samplesPerPatch)
{
    checkSize(values, rows, columns, samplesPerPatch);
    const std::vector<Blend> across = blendsAlong(columns, samplesPerPatch);
    const std::vector<Blend> down = blendsAlong(rows, samplesPerPatch);
    std::vector<double> samples;
    samples.reserve(across.size() * down.size());
    for (const Blend& y : down) {
        const float* upper = values.data() + static_cast<std::ptrdiff_t>(y.first) * columns;
        const float* lower = values.data() + static_cast<std::ptrdiff_t>(y.second) * columns;
        for (const Blend& x : across)
            samples.push_back(blended(blended(upper[x.first], upper[x.second], x.weight),
                                      blended(lower[x.first], lower[x.second], x.weight), y.weight));
    }
    return samples;
}

} // namespace heedmap
