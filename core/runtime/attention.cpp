#include "core/runtime/attention.h"

#include "core/runtime/head_products.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

// The reference adds this, not −∞: a row without any visible key then is softmax of its bare scores, never NaN.
constexpr float kHidden = -10000.0f;

std::vector<std::pair<std::int64_t, std::int64_t>> rangesOf(const std::vector<bool>& visible)
{
    std::vector<std::pair<std::int64_t, std::int64_t>> ranges;
    for (std::size_t i = 0; i < visible.size(); ++i) {
        const auto key = static_cast<std::int64_t>(i);
        if (!visible[i])
            continue;
        if (!ranges.empty() && ranges.back().second == key)
            ++ranges.back().second;
        else
            ranges.emplace_back(key, key + 1);
    }
    return ranges;
}

Linear rowsOf(const Linear& fused, std::int64_t part, std::int64_t rows)
{
    if (!fused.weight.defined() || !fused.bias.defined())
        return {};
    return {fused.weight.narrow(0, part * rows, rows), fused.bias.narrow(0, part * rows, rows)};
}

} // namespace

void KeyValues::append(const KeyValues& later)
{
    keys = defined() ? at::cat({keys, later.keys}, 1) : later.keys; // [heads, positions, headDim]
    values = values.defined() ? at::cat({values, later.values}, 1) : later.values;
}

AttentionMask AttentionMask::causal(std::int64_t positions)
{
    AttentionMask mask;
    mask.symbols.causalOffset = 0;
    mask.bias = at::full({positions, positions}, kHidden).triu_(1); // [queries, keys]
    return mask;
}

AttentionMask AttentionMask::padding(const std::vector<bool>& visible)
{
    AttentionMask mask;
    if (std::find(visible.begin(), visible.end(), false) == visible.end())
        return mask;
    mask.symbols.keyRanges = rangesOf(visible);
    mask.bias = at::zeros({1, static_cast<std::int64_t>(visible.size())});
    for (std::size_t i = 0; i < visible.size(); ++i)
        mask.bias.data_ptr<float>()[i] = visible[i] ? 0.0f : kHidden;
    return mask;
}

MultiHeadAttention MultiHeadAttention::loadSeparate(const WeightScope& scope, const Shape& shape)
{
    const std::int64_t width = shape.heads * shape.headDim;
    MultiHeadAttention attention;
    attention.m_heads = shape.heads;
    attention.m_headDim = shape.headDim;
    attention.m_query = Linear::load(scope / "query", shape.queryFeatures, width);
    attention.m_key = Linear::load(scope / "key", shape.keyFeatures, width);
    attention.m_value = Linear::load(scope / "value", shape.keyFeatures, width);
    return attention;
}

MultiHeadAttention MultiHeadAttention::loadScaledQueries(const WeightScope& scope, const Shape& shape)
{
    const std::int64_t width = shape.heads * shape.headDim;
    MultiHeadAttention attention;
    attention.m_heads = shape.heads;
    attention.m_headDim = shape.headDim;
    attention.m_scalesQueries = true;
    attention.m_query = Linear::load(scope / "q_proj", shape.queryFeatures, width);
    attention.m_key = Linear::loadWithoutBias(scope / "k_proj", shape.keyFeatures, width);
    attention.m_value = Linear::load(scope / "v_proj", shape.keyFeatures, width);
    return attention;
}

MultiHeadAttention MultiHeadAttention::loadFused(const WeightScope& scope, const std::string& leaf, const Shape& shape)
{
    const std::int64_t width = shape.heads * shape.headDim;
    const Linear fused = Linear::load(scope / leaf, shape.queryFeatures, 3 * width);
    MultiHeadAttention attention;
    attention.m_heads = shape.heads;
    attention.m_headDim = shape.headDim;
    attention.m_query = rowsOf(fused, 0, width);
    attention.m_key = rowsOf(fused, 1, width);
    attention.m_value = rowsOf(fused, 2, width);
    return attention;
}

void MultiHeadAttention::describe(std::string name, int layer, AttentionKind kind, const Linear& output)
{
    m_output = output.weight;
    m_name = std::move(name);
    m_layer = layer;
    m_kind = kind;
}

PlannedSite MultiHeadAttention::plan(const AttentionAxes& axes, std::int64_t queries, std::int64_t keys) const
{
    PlannedSite site;
    site.name = m_name;
    site.layer = m_layer;
    site.kind = m_kind;
    site.queryAxis = axes.queries;
    site.keyAxis = axes.keys;
    site.heads = static_cast<int>(m_heads);
    site.keyValueHeads = static_cast<int>(m_heads);
    site.headDim = static_cast<int>(m_headDim);
    site.queries = queries;
    site.keys = keys;
    return site;
}

at::Tensor MultiHeadAttention::splitHeads(const at::Tensor& x) const
{
    // [positions, heads × headDim] → [heads, positions, headDim]
    return x.view({x.size(0), m_heads, m_headDim}).transpose(0, 1).contiguous();
}

KeyValues MultiHeadAttention::project(const at::Tensor& states) const
{
    return {splitHeads(m_key(states)), splitHeads(m_value(states))};
}

at::Tensor MultiHeadAttention::queriesOf(const at::Tensor& states) const
{
    const at::Tensor queries = m_query(states);
    return splitHeads(m_scalesQueries ? queries / std::sqrt(static_cast<double>(m_headDim)) : queries);
}

at::Tensor MultiHeadAttention::operator()(const at::Tensor& states, const KeyValues& keyValues,
                                          const AttentionMask& mask, const AttentionAxes& axes,
                                          const ForwardContext& context) const
{
    const double scale = m_scalesQueries ? 1.0 : 1.0 / std::sqrt(static_cast<double>(m_headDim));
    AttentionCall call{m_name,
                       {scale, mask.bias, axes.keys, context.interventions},
                       queriesOf(states),
                       keyValues.keys,
                       keyValues.values};
    at::Tensor mixed = mix(call, mask, axes, context); // [heads, queries, headDim]
    if (context.gradients)
        joinGraph(mixed, std::move(call), *context.gradients);
    if (context.interventions)
        context.interventions->muteHeads(m_name, mixed);
    return mixed.transpose(0, 1).reshape({states.size(0), m_heads * m_headDim});
}

/// Outside autograd's graph, which keeps less when it gets this step as a whole (joinGraph).
at::Tensor MultiHeadAttention::mix(const AttentionCall& call, const AttentionMask& mask, const AttentionAxes& axes,
                                   const ForwardContext& context) const
{
    const at::NoGradGuard outside;
    const at::Tensor weights = call.scoring.weights(call.queries, call.keys);
    if (context.recorder) {
        const MaskSymbols symbols =
            context.interventions ? context.interventions->withoutHidden(axes.keys, call.keys.size(1), mask.symbols)
                                  : mask.symbols;
        context.recorder->attention({m_name, m_layer, m_kind, axes.queries, axes.keys, call.scoring.scale, symbols,
                                     call.queries, call.keys, weights, call.values, m_output});
    }
    return products(weights, call.values);
}

} // namespace heedmap
