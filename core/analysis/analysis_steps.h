#pragma once

#include "core/analysis/analysis.h"

#include <cstddef>

namespace heedmap {

/// What several analyses begin with.

/// A map result over the axes of `map`, without values.
AnalysisResult emptyMap(const Capture& capture, const MapChoice& map);
/// Queries × keys. Errors: TooLarge beyond what analyses compute whole.
std::size_t mapSize(const Capture& capture, const MapChoice& map);
Reduction reductionOf(const MapChoice& map);
/// For what is defined for the model's own maps alone.
std::optional<AnalysisObstacle> composedObstacle(const Capture& capture, const AnalysisScope& scope);
/// "“picture → picture” (vision_self)".
std::string groupName(const Capture& capture, const std::string& id);
/// "Choose “picture → picture” (vision_self).": the groups all of whose sites fit, as a remedy; empty where there is
/// none.
std::string groupsToChoose(const Capture& capture, bool (*fits)(const AttentionSite& site));

} // namespace heedmap
