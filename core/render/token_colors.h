#pragma once

#include "core/render/color_map.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace heedmap {

/// Colours of kept tokens, on the picture, around their chips and in legends: one list for dark and light. Okabe and
/// Ito's (2008) colours, moved so that any two differ by ΔE*ab ≥ 24 also when seen with protanopia, deuteranopia or
/// tritanopia (matrices of Machado, Oliveira and Fernandes, 2009) and each has a contrast of at least 3 on the dark
/// window and 1.7 on white.
inline constexpr std::array<Rgb, 8> kTokenColors = {{
    {0xe8, 0x85, 0x33}, // orange
    {0x1f, 0xd5, 0xfd}, // sky blue
    {0x05, 0xa3, 0x63}, // green
    {0xb0, 0x70, 0xa4}, // purple
    {0xff, 0xb7, 0x00}, // amber
    {0x00, 0x67, 0xdb}, // blue
    {0xc7, 0x36, 0x30}, // red
    {0xb9, 0xbb, 0xb4}, // grey
}};

/// The colour (index into kTokenColors) of each kept token, at most as many as there are colours, in the order they
/// were kept: position modulo 8, or the next colour that none kept before has. A token keeps its colour while others
/// come and go, unless it had to give way.
std::vector<std::size_t> tokenColorIndices(std::span<const std::int64_t> positions);

} // namespace heedmap
