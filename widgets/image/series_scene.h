#pragma once

#include "core/analysis/analysis.h"
#include "widgets/image/layer_flow_painter.h"

#include <span>
#include <vector>

namespace heedmap {

/// The rows a series is read from: this query, or all of the axis but special tokens.
std::vector<std::int64_t> seriesQueries(const Capture& capture, const std::string& axis,
                                        std::optional<std::int64_t> query);
/// The stacked bars of a series, the mean over `queries`: a group for each axis its parts lie on, whose bars are as
/// long as its largest sum at most. Parts have no colours yet. Each layer knows the module that looks from the series'
/// axis at the group's in it, each group the site group or composition that does.
std::vector<LayerFlowScene::Group> seriesGroups(const Capture& capture, const AnalysisResult& series,
                                                std::span<const std::int64_t> queries);

} // namespace heedmap
