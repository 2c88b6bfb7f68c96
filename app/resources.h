#pragma once

#include <filesystem>

namespace heedmap {

/// The folder with models/ and samples/: beside an installed program (../share/heedmap), or the source tree's
/// resources/. Errors: NotFound.
std::filesystem::path resourceFolder();
/// resources/models/scenes
std::filesystem::path shippedModelFolder();
/// resources/models/spoken
std::filesystem::path shippedSpeechModelFolder();

} // namespace heedmap
