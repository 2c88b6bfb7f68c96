#pragma once

#include "core/analysis/svd_modes.h"

#include <optional>
#include <span>
#include <vector>

namespace heedmap {

/// Root mean square of the cosines of the principal angles between the spans of two sets of orthonormal columns
/// (Björck and Golub 1973): ‖aᵀb‖ / √min(columns), in [0, 1]. For two vectors |a·b|. Precondition: as many rows, at
/// least one column each.
double subspaceCosine(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);

/// The mode of another map that is most like a given one.
struct ModeMatch
{
    ModeSubspace subspace; ///< of the other map
    double similarity = 0; ///< what matches are sorted by: onKeys · onQueries, or onKeys where there is no other
    double onKeys = 0;     ///< subspaceCosine of the key sides
    std::optional<double> onQueries; ///< the same of the query sides; absent where these are not the same queries
    bool isReversed = false;         ///< single modes: the same pairs of queries and keys with opposite sign
};

/// Compares `mode` of `reference` with every subspace of `other` and gives the one of the largest similarity; absent
/// where `other` has no modes or other keys. Query sides are compared when both have as many rows: with stacked heads
/// (StackedMap) rows are not queries alone, and only the key side means the same everywhere; `sameQueries` says so. For
/// single modes onKeys · onQueries is the cosine |⟨u vᵀ, u' v'ᵀ⟩| of the rank-one maps themselves.
std::optional<ModeMatch> nearestMode(const SvdModes& reference, const ModeSubspace& mode, const SvdModes& other,
                                     bool sameQueries);

} // namespace heedmap
