#pragma once

#include "core/analysis/analysis.h"

#include <Eigen/Core>

namespace heedmap {

using RealMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// How the heads of a layer become one map, value by value.
enum class HeadFusion
{
    Mean,
    Max,
    Min
};

/// Most values of a map that is computed whole: matrices of this size are held in double precision.
constexpr std::int64_t kMostAnalysisValues = std::int64_t{1} << 25;

/// Whole maps of a site, [queries, keys], read block by block in double precision. `progress` advances by heads ×
/// queries × keys in all. A value that is no number stays one. Of a site that holds a part of its heads, those.
/// Errors: TooLarge, Cancelled, InvalidFile, NotFound (a row that the capture does not hold).

RealMatrix fusedAttention(const Capture& capture, std::size_t site, HeadFusion fusion, AnalysisProgress& progress);

/// A ⊙ ∂y/∂A of one head or the mean over heads, its negative part cut off before the mean:
///   mean over h of (A_h ⊙ ∂y/∂A_h)⁺,   ∂y/∂A_h = (∂y/∂O_h) V_hᵀ
/// A is never negative, so that this is A ⊙ (∂y/∂A)⁺ as well. Precondition: the site has values and output gradients.
RealMatrix positiveGradientTimesAttention(const Capture& capture, std::size_t site, HeadChoice head,
                                          AnalysisProgress& progress);

/// a · b, in blocks of rows; `progress` advances by rows × columns of the product. Errors: TooLarge, Cancelled.
RealMatrix productOf(const RealMatrix& a, const RealMatrix& b, AnalysisProgress& progress);

/// Row-major single precision, as AnalysisResult::map.
std::vector<float> floatsOf(const RealMatrix& matrix);

} // namespace heedmap
