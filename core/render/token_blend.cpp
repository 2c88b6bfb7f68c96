#include "core/render/token_blend.h"

#include "core/render/patch_samples.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

/// The sums of one pixel.
struct Mixture
{
    double clear = 1; ///< Π (1 − aᵢ)
    double weight = 0;
    double r = 0;
    double g = 0;
    double b = 0;

    void add(double opacity, const Rgb& color)
    {
        clear *= 1 - opacity;
        weight += opacity;
        r += opacity * color.r;
        g += opacity * color.g;
        b += opacity * color.b;
    }
};

std::uint8_t byteOf(double value)
{
    return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

} // namespace

RgbaImage renderTokenBlend(std::span<const TokenHeat> tokens, int rows, int columns, const HeatStyle& style)
{
    std::vector<Mixture> pixels;
    for (const TokenHeat& token : tokens) {
        const std::vector<double> samples = samplePatches(token.values, rows, columns, style.samplesPerPatch);
        pixels.resize(samples.size());
        for (std::size_t i = 0; i < samples.size(); ++i)
            pixels[i].add(std::clamp(style.opacity, 0.0, 1.0) * opacityShare(samples[i], style.scale), token.color);
    }
    RgbaImage image{columns * style.samplesPerPatch, rows * style.samplesPerPatch, {}};
    image.rgba.reserve(pixels.size() * 4);
    for (const Mixture& pixel : pixels) {
        const double part = pixel.weight > 0 ? 1 / pixel.weight : 0;
        image.rgba.insert(image.rgba.end(), {byteOf(pixel.r * part), byteOf(pixel.g * part), byteOf(pixel.b * part),
                                             byteOf((1 - pixel.clear) * 255)});
    }
    return image;
}

} // namespace heedmap
