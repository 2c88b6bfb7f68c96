#pragma once

#include "core/capture/capture.h"

#include <filesystem>
#include <memory>

namespace heedmap::bench {

inline constexpr int kLayers = 12;
inline constexpr int kHeads = 12;
inline constexpr std::int64_t kQuestionLength = 60; ///< more than the rows the window keeps, so that none is a repeat

/// A capture as large as a BLIP of base size makes it on `side` × `side` patches and CLS, with seeded values: the group
/// "question_picture" stores weights, "vision_self" queries and keys. Errors: Io.
std::shared_ptr<const Capture> makeHoverCapture(const std::filesystem::path& path, int side);

} // namespace heedmap::bench
