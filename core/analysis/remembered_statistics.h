#pragma once

#include "core/analysis/map_statistics.h"
#include "core/analysis/result_cache.h"

namespace heedmap {

/// computeMapStatistics, or the same to the bit from where it was kept; then `onHeads` is told all heads at once.
/// Thread-safe. Errors: as computeMapStatistics.
MapStatisticsResult rememberedStatistics(const ResultCache& cache, const Capture& capture,
                                         const MapStatisticsRequest& request, const std::stop_token& stop = {},
                                         const std::function<void(std::span<const HeadSummary>)>& onHeads = {});

} // namespace heedmap
