#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace heedmap {

struct Rgb
{
    std::uint8_t r = 0;
    std::uint8_t g = 0;
    std::uint8_t b = 0;
    bool operator==(const Rgb&) const = default;
};

/// A perceptually ordered colour map, 256 entries. Tables: matplotlib (viridis, magma: CC0; cividis: CC0), and linear
/// grey.
struct ColorMap
{
    std::string name;  ///< "viridis"
    std::string title; ///< for people
    std::array<Rgb, 256> colors;

    /// `t` in [0, 1], clamped; NaN gives the lowest colour.
    Rgb at(double t) const;
};

/// Every colour map, the default first.
std::span<const ColorMap> colorMaps();
/// Errors: NotFound with the nearest names.
const ColorMap& colorMapByName(const std::string& name);

} // namespace heedmap
