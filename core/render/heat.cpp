#include "core/render/heat.h"

#include "core/render/patch_samples.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

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
        const double opacity = style.opacity * (style.opacityFollowsValue ? opacityShare(samples[i], style.scale) : 1);
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

double opacityShare(double value, const ValueScale& scale)
{
    const double share = scale.displayed(value) / scale.opaqueFrom();
    return share > 0 ? std::min(share, 1.0) : 0;
}

RgbaImage renderHeat(std::span<const float> values, int rows, int columns, const HeatStyle& style)
{
    const ColorMap& map = style.colorMap ? *style.colorMap : colorMaps().front();
    const std::vector<double> samples = samplePatches(values, rows, columns, style.samplesPerPatch);
    return {columns * style.samplesPerPatch, rows * style.samplesPerPatch, colored(samples, map, style)};
}

} // namespace heedmap
