#pragma once

#include "core/media/image.h"

#include <cstddef>
#include <vector>

namespace heedmap {

/// The picture as a PNG file: eight-bit RGB, no metadata, the same bytes for the same pixels. Errors: Internal.
std::vector<std::byte> pngFromImage(const Image& image);

} // namespace heedmap
