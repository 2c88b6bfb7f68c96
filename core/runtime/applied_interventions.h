#pragma once

#include "core/capture/intervention.h"
#include "core/runtime/run_result.h"

#include <ATen/core/Tensor.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace heedmap {

/// The interventions of one run in the form the arithmetic wants. Immutable; made before the first forward, asked by
/// every attention module of every forward.
class AppliedInterventions
{
public:
    /// `interventions` have been checked (checkInterventions).
    explicit AppliedInterventions(const std::vector<Intervention>& interventions);

    /// Minus infinity at the axis' hidden keys. `scores` [heads, queries, keys], before softmax.
    void hideKeys(const std::string& axis, at::Tensor& scores) const;
    /// `mask` without the hidden ones of the axis' `keys` positions.
    MaskSymbols withoutHidden(const std::string& axis, std::int64_t keys, const MaskSymbols& mask) const;
    /// Zero where muted heads of the site stand. `mixed` [heads, queries, headDim], weights · values.
    void muteHeads(const std::string& site, at::Tensor& mixed) const;

private:
    std::map<std::string, std::set<int>> m_muted;           ///< by site
    std::map<std::string, std::set<std::int64_t>> m_hidden; ///< by axis
    std::map<std::string, at::Tensor> m_hiddenIndices;      ///< int64 [hidden keys], by axis
};

/// An axis as far as keys on it can be hidden: those in [begin, end), which are given before anything is generated.
struct HideableAxis
{
    std::string id;
    std::int64_t length = 0;
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::vector<bool> visible; ///< one per position, false for padding; empty when there is none
};

/// Refuses what a run of these sites and axes cannot do. Errors: NotFound with the nearest names (site, axis);
/// InvalidRequest (head or position out of range, nothing left to look at).
void checkInterventions(const std::vector<Intervention>& interventions, const std::vector<PlannedSite>& sites,
                        const std::vector<HideableAxis>& axes);

} // namespace heedmap
