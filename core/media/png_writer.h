#pragma once

#include "core/media/image.h"

#include <cstddef>
#include <vector>

namespace heedmap {

/// The picture as a PNG file: eight-bit RGB, no metadata, the same bytes for the same pixels. Errors: InvalidRequest
/// (no pixels, or not as many as it says), Internal.
std::vector<std::byte> pngFromImage(const Image& image);

} // namespace heedmap
