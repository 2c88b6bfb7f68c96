#pragma once

#include "core/analysis/head_statistics.h"

#include <Eigen/Core>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace heedmap {

/// Spatial entropy of attention over the patches of a picture, after Peruzzo et al. 2022 (arXiv 2206.04636): the
/// patches above the mean fall into connected components, and a row that looks at one place has the entropy 0 however
/// large the place is.
///   μ = mean over the patches k of w_k,  B_k = (w_k − μ)⁺,  P_C = Σ_{k∈C} B_k / Σ_k B_k,  H = −Σ_C P_C ln P_C
/// over the components C of the patches with B_k > 10^-6 μ; neighbours are the eight around a patch, in the same frame.
/// They take the scores before softmax; these are probabilities, and H does not depend on their sum.
class PatchComponents
{
public:
    PatchComponents() = default; ///< of no patches
    /// `patches` as KeyRoles::patches; the grid is that of the first one.
    explicit PatchComponents(std::span<const PatchPlace> patches);

    /// Nats; absent where no patch is above the mean. `row` has a weight for every key, 0 where it is not finite.
    std::optional<double> entropyOf(const Eigen::ArrayXd& row) const;

private:
    std::vector<Eigen::Index> m_keys;                  ///< of each patch
    std::vector<std::int32_t> m_cells;                 ///< the place in the grid of each patch
    std::vector<std::array<std::int32_t, 4>> m_before; ///< of each cell: left, and the three above; −1: none
};

} // namespace heedmap
