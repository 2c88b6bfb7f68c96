#pragma once

#include "core/runtime/attention_gradient.h"
#include "core/runtime/layers.h"
#include "core/runtime/recorder.h"

#include <string>

namespace heedmap {

/// Projected keys and values of one attention module, [heads, positions, headDim] each. May be kept between calls (the
/// key–value cache of a decoder).
struct KeyValues
{
    at::Tensor keys;
    at::Tensor values;

    bool defined() const { return keys.defined(); }
    void append(const KeyValues& later);
};

/// The mask of a call in both forms: symbols for the record, an additive bias for the arithmetic.
struct AttentionMask
{
    MaskSymbols symbols;
    at::Tensor bias; ///< [queries, keys] or [1, keys], added to the scores; undefined when everything is visible

    /// Nothing hidden.
    static AttentionMask none() { return {}; }
    /// Key <= query, `positions` of each.
    static AttentionMask causal(std::int64_t positions);
    /// Keys whose entry in `visible` is false are hidden. All true is `none`.
    static AttentionMask padding(const std::vector<bool>& visible);
};

/// What a call's axes are called: for the record, and for interventions that hide keys of one.
struct AttentionAxes
{
    std::string queries;
    std::string keys;
};

/// Softmax attention of Vaswani et al. 2017: weights = softmax(scale · Q Kᵀ + bias), output = weights · V, heads
/// concatenated. Eager, because the weights are what we are here for. The output projection is not part of it: what the
/// call returns is its input, where interventions mute heads.
class MultiHeadAttention
{
public:
    struct Shape
    {
        std::int64_t queryFeatures = 0;
        std::int64_t keyFeatures = 0;
        std::int64_t heads = 1;
        std::int64_t headDim = 1;
    };

    /// Weights `query`, `key` and `value` below `scope`.
    static MultiHeadAttention loadSeparate(const WeightScope& scope, const Shape& shape);
    /// Weights `q_proj`, `k_proj` (which has no bias) and `v_proj` below `scope`. The queries are scaled before the dot
    /// product and recorded so, with a scale of 1.
    static MultiHeadAttention loadScaledQueries(const WeightScope& scope, const Shape& shape);
    /// One weight `leaf` whose rows are [3, heads, headDim]; queryFeatures = keyFeatures = heads × headDim.
    static MultiHeadAttention loadFused(const WeightScope& scope, const std::string& leaf, const Shape& shape);

    /// The site recorded as `name`, `layer`, `kind`. `output` is the projection that reads what the heads mix: its
    /// columns [head × headDim, (head + 1) × headDim) are a head's.
    void describe(std::string name, int layer, AttentionKind kind, const Linear& output);

    /// The site a call with these axes and lengths records.
    PlannedSite plan(const AttentionAxes& axes, std::int64_t queries, std::int64_t keys) const;

    KeyValues project(const at::Tensor& states) const; ///< [keys, keyFeatures]
    /// [queries, queryFeatures] → [queries, heads × headDim]
    at::Tensor operator()(const at::Tensor& states, const KeyValues& keyValues, const AttentionMask& mask,
                          const AttentionAxes& axes, const ForwardContext& context) const;

private:
    at::Tensor splitHeads(const at::Tensor& x) const;
    at::Tensor queriesOf(const at::Tensor& states) const; ///< as they enter the dot product
    at::Tensor mix(const AttentionCall& call, const AttentionMask& mask, const AttentionAxes& axes,
                   const ForwardContext& context) const;

    Linear m_query;
    Linear m_key;
    Linear m_value;
    at::Tensor m_output; ///< [outputs, heads × headDim], weight of the output projection
    std::int64_t m_heads = 1;
    std::int64_t m_headDim = 1;
    bool m_scalesQueries = false; ///< instead of the scores
    std::string m_name;
    int m_layer = 0;
    AttentionKind m_kind = AttentionKind::Self;
};

} // namespace heedmap
