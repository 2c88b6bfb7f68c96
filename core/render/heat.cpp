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

std::uint8_t opacityByte(double sample, const HeatStyle& style)
{
    const double share = style.opacityFollowsValue ? opacityShare(sample, style.scale) : 1;
    return byteFromShare(std::clamp(style.opacity * share, 0.0, 1.0));
}

/// A window's head grid is half a million of these at every hover.
std::vector<std::uint8_t> colored(std::span<const double> samples, const ColorMap& map, const HeatStyle& style)
{
    const std::vector<double> positions = style.scale.positions(samples);
    std::vector<std::uint8_t> rgba(samples.size() * 4);
    const std::uint8_t evenly = opacityByte(0, style);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const Rgb color = map.colors[byteFromShare(positions[i])];
        std::uint8_t* pixel = rgba.data() + 4 * i;
        pixel[0] = color.r;
        pixel[1] = color.g;
        pixel[2] = color.b;
        pixel[3] = style.opacityFollowsValue ? opacityByte(samples[i], style) : evenly;
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
