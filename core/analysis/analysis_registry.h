#pragma once

#include "core/analysis/analysis.h"

#include <span>

namespace heedmap {

/// Every analysis, in the order they are offered. A new one is a file pair and a line in analysis_registry.cpp.
std::span<const Analysis> analyses();
/// Errors: InvalidRequest with the nearest names.
const Analysis& analysisById(std::string_view id);

/// Why `analysis` says nothing here; absent when it does. Cheap. Errors: InvalidRequest for a scope that is none of
/// this capture's.
std::optional<AnalysisObstacle> obstacleFor(const Analysis& analysis, const Capture& capture,
                                            const AnalysisScope& scope);

/// Multiplications `runAnalysis` takes at most, roughly: to decide whether it may be done between two frames.
double costOfAnalysis(const Analysis& analysis, const Capture& capture, const AnalysisScope& scope);

/// Any thread. Maps may have at most 2^25 values; values that are no numbers stay visible as such, and a note counts
/// them. Errors: InvalidRequest and NotFound (obstacleFor, in one sentence), TooLarge, Cancelled, InvalidFile (file cut
/// short).
AnalysisResult runAnalysis(const AnalysisSettings& settings, const Capture& capture, const AnalysisScope& scope,
                           std::stop_token stop = {}, std::function<void(double)> report = {});

} // namespace heedmap
