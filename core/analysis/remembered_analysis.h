#pragma once

#include "core/analysis/analysis_registry.h"
#include "core/analysis/result_cache.h"

namespace heedmap {

/// Which map, as a part of a key: sites by their number in the capture.
std::string keyOfMap(const MapChoice& map);

/// runAnalysis, or the same to the bit from where it was kept. Thread-safe. Errors: as runAnalysis.
AnalysisResult rememberedAnalysis(const ResultCache& cache, const AnalysisSettings& settings, const Capture& capture,
                                  const AnalysisScope& scope, const std::stop_token& stop = {},
                                  const std::function<void(double)>& report = {});

} // namespace heedmap
