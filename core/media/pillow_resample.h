#pragma once

#include "core/media/image.h"

namespace heedmap {

/// Numbered as Pillow's `Image.Resampling`, which is how `preprocessor_config.json` names them.
enum class ResampleFilter
{
    Nearest = 0,
    Lanczos = 1,
    Bilinear = 2,
    Bicubic = 3, ///< a = -0.5
    Box = 4,
    Hamming = 5
};

/// `Image.resize((width, height), filter)` of Pillow, bit for bit: two passes, horizontal then vertical, each rounded
/// to 8 bits, with 22-bit fixed-point weights and a support that grows with the reduction (antialiasing); nearest picks
/// the pixel under the centre. Source: python-pillow/Pillow, src/libImaging/Resample.c and Geometry.c. Errors:
/// InvalidRequest for an empty picture or size, TooLarge beyond kMaxImagePixels.
Image resizeAsPillow(const Image& picture, int width, int height, ResampleFilter filter);

} // namespace heedmap
