#pragma once

#include "core/render/color_map.h"
#include "core/render/value_scale.h"

#include <cstdint>
#include <span>
#include <vector>

namespace heedmap {

/// Eight-bit RGBA, not premultiplied, row-major.
struct RgbaImage
{
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> rgba;
};

struct HeatStyle
{
    const ColorMap* colorMap = nullptr;
    ValueScale scale;
    double opacity = 0.8; ///< of the strongest value
    /// Opacity in proportion to the weight itself, full at ValueScale::opaqueFrom(), also where colours are
    /// logarithmic: unattended picture stays untouched. False: the same opacity everywhere.
    bool opacityFollowsValue = true;
    /// 1: exact patches, one pixel per patch. n > 1: values (not colours) interpolated bilinearly between patch
    /// centres, n × n pixels per patch; a display aid, said in the view.
    int samplesPerPatch = 1;
};

/// A weight as a part of the scale's upper limit, in [0, 1]; 0 for NaN: what opacity is in proportion to.
double opacityShare(double value, const ValueScale& scale);

/// The heat of one frame's patches (row-major, rows × columns probabilities) as pixels of grid space: pixel (x, y)
/// covers grid coordinates [x/n, (x+1)/n) × [y/n, (y+1)/n). The painter maps it onto the picture with
/// PatchGrid::pictureFromGrid.
RgbaImage renderHeat(std::span<const float> values, int rows, int columns, const HeatStyle& style);

} // namespace heedmap
