#pragma once

#include "core/analysis/head_maps.h"

#include <span>

namespace heedmap {

/// Attention rollout (Abnar & Zuidema 2020, arXiv 2005.00928) through layers of self-attention of one axis.
struct RolloutRule
{
    HeadFusion fusion = HeadFusion::Mean;
    double residual = 0.5; ///< share of the identity, for the residual connection: 0 … 1
    /// Share of the weights of a layer's fused map [tokens, tokens] that become zero before the identity is added: the
    /// ⌊discard · tokens²⌋ smallest of the whole map, not of each row, the earlier ones where they are equal; the
    /// weight of the first token (the class token) on itself stays whatever it is. `discard_ratio` of
    /// github.com/jacobgil/vit-explain, vit_rollout.py. Weights that a mask forbids are zero, and count.
    double discard = 0;
};

/// Ã_L · … · Ã_1 with Ã = (1 − residual) · fused A + residual · I, every row divided by its own sum (a row without
/// any weight stays zero). `sites` by layer, the first one first; all have the same axis on both sides. [tokens,
/// tokens]. Errors: TooLarge, Cancelled, InvalidFile.
RealMatrix rollout(const Capture& capture, std::span<const std::size_t> sites, const RolloutRule& rule,
                   AnalysisProgress& progress);

/// The same layer by layer, times `parts` [tokens, any]: after layer l the matrix Ã_l · … · Ã_1 · parts. With a column
/// of ones and zeros for each part of the axis, that is the rollout of every token on each part; it takes no product
/// of two maps.
std::vector<RealMatrix> rolloutByLayer(const Capture& capture, std::span<const std::size_t> sites,
                                       const RolloutRule& rule, const RealMatrix& parts, AnalysisProgress& progress);

Analysis attentionRollout();
/// How a token's rollout is shared out among the parts of its axis, after each layer.
Analysis attentionRolloutByLayer();

} // namespace heedmap
