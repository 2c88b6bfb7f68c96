#pragma once

#include "core/analysis/head_maps.h"

#include <span>

namespace heedmap {

/// Attention rollout (Abnar & Zuidema 2020, arXiv 2005.00928) through layers of self-attention of one axis.
struct RolloutRule
{
    HeadFusion fusion = HeadFusion::Mean;
    double residual = 0.5; ///< share of the identity, for the residual connection: 0 … 1
};

/// Ã_L · … · Ã_1 with Ã = (1 − residual) · fused A + residual · I, every row divided by its own sum (a row without
/// any weight stays zero). `sites` by layer, the first one first; all have the same axis on both sides. [tokens,
/// tokens]. Errors: TooLarge, Cancelled, InvalidFile.
RealMatrix rollout(const Capture& capture, std::span<const std::size_t> sites, const RolloutRule& rule,
                   AnalysisProgress& progress);

Analysis attentionRollout();

} // namespace heedmap
