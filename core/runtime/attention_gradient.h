#pragma once

#include "core/runtime/applied_interventions.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <stop_token>
#include <string>

namespace heedmap {

/// How a call of softmax attention comes from queries and keys to weights.
struct AttentionScoring
{
    double scale = 1;
    at::Tensor bias;                                     ///< [queries, keys] or [1, keys]; undefined: none
    std::string keyAxis;                                 ///< whose hidden keys get minus infinity
    const AppliedInterventions* interventions = nullptr; ///< null: nothing is hidden

    /// softmax(scale · Q Kᵀ + bias): [heads, queries, headDim] and [heads, keys, headDim] → [heads, queries, keys].
    at::Tensor weights(const at::Tensor& queries, const at::Tensor& keys) const;
};

/// Takes ∂y/∂O of the attention modules of one forward during the backward that follows it. Outlives both.
struct GradientWatch
{
    std::stop_token stop; ///< looked at in every module
    /// `gradient` [heads, queries, headDim] of the module `site`; each module y depends on once, the last one first.
    std::function<void(const std::string& site, const at::Tensor& gradient)> take;
};

/// A call of attention as its backward needs it.
struct AttentionCall
{
    std::string site;
    AttentionScoring scoring; ///< its interventions outlive the backward
    at::Tensor queries;       ///< [heads, queries, headDim]
    at::Tensor keys;          ///< [heads, keys, headDim]
    at::Tensor values;        ///< [heads, keys, headDim]
};

/// Makes `mixed` = weights · V, computed outside the graph, a step of autograd's graph whether or not Q, K and V are
/// part of one. Not the weights are kept for the way back but Q, K and V; weights are computed again, one head at a
/// time, so that the graph grows with the number of positions and not with its square.
/// `backward` throws: Cancelled.
void joinGraph(at::Tensor& mixed, AttentionCall call, const GradientWatch& watch);

/// Goes back from y, a single number in a graph that joinGraph is part of. The graph is spent then.
void goBackFrom(const at::Tensor& y);

} // namespace heedmap
