#include "core/render/diverging_color.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace heedmap {

namespace {

/// CIE's function between XYZ and L*a*b*, backwards.
double fromLab(double f)
{
    constexpr double kEdge = 6.0 / 29;
    return f > kEdge ? f * f * f : 3 * kEdge * kEdge * (f - 4.0 / 29);
}

/// IEC 61966-2-1.
std::uint8_t channel(double linear)
{
    const double clamped = std::clamp(linear, 0.0, 1.0);
    const double encoded = clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * std::pow(clamped, 1 / 2.4) - 0.055;
    return static_cast<std::uint8_t>(std::lround(encoded * 255));
}

Rgb rgbFromLab(double lightness, double a, double b)
{
    const double middle = (lightness + 16) / 116;
    const double x = 0.95047 * fromLab(middle + a / 500);
    const double y = fromLab(middle);
    const double z = 1.08883 * fromLab(middle - b / 200);
    return {channel(3.2404542 * x - 1.5371385 * y - 0.4985314 * z),
            channel(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z),
            channel(0.0556434 * x - 0.2040259 * y + 1.0572252 * z)};
}

} // namespace

Rgb divergingColor(double t)
{
    const double size = std::isnan(t) ? 0 : std::min(std::abs(t), 1.0);
    const double hue = (t > 0 ? 32 : 285) * std::numbers::pi / 180;
    const double chroma = 60 * std::sin(size * std::numbers::pi / 2);
    return rgbFromLab(97 - 55 * size, chroma * std::cos(hue), chroma * std::sin(hue));
}

} // namespace heedmap
