#pragma once

#include "core/analysis/axis_parts.h"
#include "core/analysis/head_maps.h"

#include <span>

namespace heedmap {

/// What analyses have in common whose result is a series by layer.

/// "by": kind or segment.
AnalysisParameter partsParameter();
/// The parts of an axis that the parameter "by" asks for: disjoint, covering the axis.
std::vector<AxisPart> partsOfAxis(const TokenAxis& axis, const AnalysisSettings& settings);
/// [positions, parts]: 1 where a position belongs to a part.
RealMatrix indicatorOf(const TokenAxis& axis, std::span<const AxisPart> parts);

/// A series over the query axis of `map`, without steps and parts.
AnalysisResult emptySeries(const Capture& capture, const MapChoice& map);
void addParts(AnalysisResult& series, const TokenAxis& axis, std::span<const AxisPart> parts);
void addStep(AnalysisResult& series, const Capture& capture, std::size_t site);
/// Once steps and parts are known. Errors: TooLarge beyond what analyses compute whole.
void reserveNumbers(AnalysisResult& series, const Capture& capture);
/// What holds after one step, in the order of the steps: matrices [queries, parts of an axis] side by side.
void addNumbers(AnalysisResult& series, std::span<const RealMatrix> blocks);

/// The mean over some queries of what a series has after a step: [parts]. NaN when there are no queries.
std::vector<double> seriesMean(const AnalysisResult& series, std::size_t step, std::span<const std::int64_t> queries);

} // namespace heedmap
