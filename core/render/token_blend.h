#pragma once

#include "core/render/heat.h"

#include <span>
#include <vector>

namespace heedmap {

/// One token's weights over the patches of one grid, and its colour.
struct TokenHeat
{
    std::span<const float> values; ///< probabilities, row-major, rows × columns
    Rgb color;
};

/// The heat of several tokens together. For each pixel, token i with displayed weight wᵢ (style.scale) has the opacity
///     aᵢ = style.opacity · clamp(wᵢ / scale.high, 0, 1)
/// also on a logarithmic scale: full at the scale's upper limit. The pixel gets
///     alpha = 1 − Π (1 − aᵢ),   colour = Σ aᵢ cᵢ / Σ aᵢ   (in sRGB values, 8 bits)
/// which does not depend on the order of the tokens and for one token is its colour at aᵢ. Pixels as in renderHeat:
/// samplesPerPatch² per patch, weights (not colours) interpolated. `colorMap` and `opacityFollowsValue` of the style
/// are not used. Errors: as renderHeat.
RgbaImage renderTokenBlend(std::span<const TokenHeat> tokens, int rows, int columns, const HeatStyle& style);

} // namespace heedmap
