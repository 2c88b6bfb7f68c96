#pragma once

#include "core/capture/capture.h"

#include <filesystem>

namespace heedmap {

/// Writes an open capture to a file of its own, from its mapping: that works after the cache has dropped the file it
/// was opened from, too. `to` holds its old content or all of the new one. Any thread. Errors: Io (disk full said as
/// such, permissions), InvalidFile (the capture was cut short).
void saveCaptureAs(const Capture& capture, const std::filesystem::path& to);

} // namespace heedmap
