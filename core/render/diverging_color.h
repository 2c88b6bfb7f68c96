#pragma once

#include "core/render/color_map.h"

namespace heedmap {

/// Blue, white, red for signed values: `t` in [−1, 1], clamped, 0 and NaN white. Balanced in CIE L*a*b* (D65): t and −t
/// are equally light and equally colourful, lightness falls evenly with |t|: L* = 97 − 55 |t|, C* = 60 sin(|t| π / 2),
/// hue 32° for red, 285° for blue; every colour lies in sRGB.
Rgb divergingColor(double t);

} // namespace heedmap
