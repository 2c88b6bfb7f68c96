#pragma once

#include <string>

class QImage;

namespace heedmap {

/// Writes a PNG so that `path` holds either its old content or all of the new. Errors: Io.
void savePicture(const QImage& image, const std::string& path);

} // namespace heedmap
