#include "core/render/heat.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>

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

/// A weight as a part of the scale's upper limit, in [0, 1]; 0 for NaN.
double shareOfHigh(double value, const ValueScale& scale)
{
    const double share = scale.displayed(value) / scale.high;
    return share > 0 ? std::min(share, 1.0) : 0;
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

/// Positions and opacities lie in [0, 1], so that adding a half rounds.
std::uint8_t byteFromShare(double share)
{
    return static_cast<std::uint8_t>(share * 255 + 0.5);
}

/// A window's head grid is half a million of these at every hover.
std::vector<std::uint8_t> colored(std::span<const double> samples, const ColorMap& map, const HeatStyle& style)
{
    const std::vector<double> positions = style.scale.positions(samples);
    std::vector<std::uint8_t> rgba(samples.size() * 4);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double opacity = style.opacity * (style.opacityFollowsValue ? shareOfHigh(samples[i], style.scale) : 1);
        const Rgb color = map.colors[byteFromShare(positions[i])];
        std::uint8_t* pixel = rgba.data() + 4 * i;
        pixel[0] = color.r;
        pixel[1] = color.g;
        pixel[2] = color.b;
        pixel[3] = byteFromShare(std::clamp(opacity, 0.0, 1.0));
    }
    return rgba;
}

} // namespace

RgbaImage renderHeat(std::span<const float> values, int rows, int columns, const HeatStyle& style)
{
    checkSize(values, rows, columns, style.samplesPerPatch);
    const ColorMap& map = style.colorMap ? *style.colorMap : colorMaps().front();
    const std::vector<Blend> across = blendsAlong(columns, style.samplesPerPatch);
    const std::vector<Blend> down = blendsAlong(rows, style.samplesPerPatch);
    std::vector<double> samples;
    samples.reserve(across.size() * down.size());
    for (const Blend& y : down) {
        const float* upper = values.data() + static_cast<std::ptrdiff_t>(y.first) * columns;
        const float* lower = values.data() + static_cast<std::ptrdiff_t>(y.second) * columns;
        for (const Blend& x : across)
            samples.push_back(blended(blended(upper[x.first], upper[x.second], x.weight),
                                      blended(lower[x.first], lower[x.second], x.weight), y.weight));
    }
    RgbaImage image{columns * style.samplesPerPatch, rows * style.samplesPerPatch, {}};
    image.rgba = colored(samples, map, style);
    return image;
}

} // namespace heedmap
