#include "core/models/whisper_encoder.h"

#include "core/base/error.h"

#include <ATen/ATen.h>

#include <cmath>

namespace heedmap {

namespace {

constexpr double kEpsilon = 1e-5; // of every layer norm; the configuration has no field for it

/// The positions of Vaswani et al. 2017 as the reference lays them out, sines before cosines: what the weights are
/// where a checkpoint leaves them out. [positions, width]
at::Tensor sinusoids(std::int64_t positions, std::int64_t width)
{
    if (width % 2 != 0 || width < 4)
        throw Error(ErrorKind::Unsupported, "Positions made of sines need an even \"d_model\" of at least 4, not {}",
                    width);
    const double step = std::log(10000.0) / static_cast<double>(width / 2 - 1);
    const at::Tensor frequencies = at::exp(at::arange(width / 2, at::kFloat) * -step);
    const at::Tensor angles = at::arange(positions, at::kFloat).unsqueeze(1) * frequencies.unsqueeze(0);
    return at::cat({at::sin(angles), at::cos(angles)}, 1);
}

Linear loadConvolution(const WeightScope& scope, std::int64_t inputs, std::int64_t outputs)
{
    return {scope.take("weight", {outputs, inputs, 3}), scope.take("bias", {outputs})};
}

} // namespace

WhisperAttention WhisperAttention::load(const WeightScope& layer, const std::string& attention, const std::string& norm,
                                        const WhisperStack& stack, int index, AttentionKind kind)
{
    const WeightScope scope = layer / attention;
    WhisperAttention result;
    result.norm = LayerNorm::load(layer / norm, stack.width, kEpsilon);
    result.heads =
        MultiHeadAttention::loadScaledQueries(scope, {stack.width, stack.width, stack.heads, stack.headDim()});
    result.output = Linear::load(scope / "out_proj", stack.width, stack.width);
    result.heads.describe(scope.path(), index, kind, result.output);
    return result;
}

WhisperFeedForward WhisperFeedForward::load(const WeightScope& layer, const WhisperStack& stack)
{
    return {LayerNorm::load(layer / "final_layer_norm", stack.width, kEpsilon),
            Linear::load(layer / "fc1", stack.width, stack.intermediateSize),
            Linear::load(layer / "fc2", stack.intermediateSize, stack.width), stack.activation};
}

at::Tensor WhisperFeedForward::operator()(const at::Tensor& x) const
{
    return x + fc2(activation(fc1(norm(x))));
}

WhisperEncoder WhisperEncoder::load(const WeightScope& scope, const WhisperStack& stack, std::int64_t melBins)
{
    WhisperEncoder encoder;
    encoder.m_name = scope.path();
    encoder.m_positionCount = stack.positions;
    encoder.m_conv1 = loadConvolution(scope / "conv1", melBins, stack.width);
    encoder.m_conv2 = loadConvolution(scope / "conv2", stack.width, stack.width);
    const WeightScope positions = scope / "embed_positions";
    encoder.m_positions = scope.ledger().contains(positions.nameOf("weight"))
                              ? positions.take("weight", {stack.positions, stack.width})
                              : sinusoids(stack.positions, stack.width);
    for (int layer = 0; layer < stack.layers; ++layer) {
        const WeightScope block = scope / "layers" / layer;
        encoder.m_blocks.push_back(
            {block.path(),
             WhisperAttention::load(block, "self_attn", "self_attn_layer_norm", stack, layer, AttentionKind::Self),
             WhisperFeedForward::load(block, stack)});
    }
    encoder.m_norm = LayerNorm::load(scope / "layer_norm", stack.width, kEpsilon);
    return encoder;
}

at::Tensor WhisperEncoder::embed(const at::Tensor& features, const ForwardContext& context) const
{
    const at::Tensor first = at::conv1d(features.unsqueeze(0), m_conv1.weight, m_conv1.bias, 1, 1);
    context.stage(m_name + ".conv1", first.squeeze(0)); // [width, frames]
    const at::Tensor second = at::conv1d(at::gelu(first), m_conv2.weight, m_conv2.bias, 2, 1);
    context.stage(m_name + ".conv2", second.squeeze(0)); // [width, positions]
    return at::gelu(second).squeeze(0).t() + m_positions;
}

at::Tensor WhisperEncoder::runBlock(const Block& block, const at::Tensor& x, const AttentionAxes& axes,
                                    const ForwardContext& context) const
{
    const at::Tensor normed = block.self.norm(x);
    const KeyValues keyValues = block.self.heads.project(normed);
    const at::Tensor mixed = block.self.heads(normed, keyValues, AttentionMask::none(), axes, context);
    const at::Tensor output = block.feedForward(x + block.self.output(mixed));
    context.stage(block.name, output);
    context.finishLayer();
    return output;
}

at::Tensor WhisperEncoder::operator()(const at::Tensor& features, const std::string& axis,
                                      const ForwardContext& context) const
{
    at::Tensor states = embed(features, context);
    const AttentionAxes axes{axis, axis};
    for (const Block& block : m_blocks)
        states = runBlock(block, states, axes, context);
    states = m_norm(states);
    context.stage(m_name + ".layer_norm", states);
    return states;
}

std::vector<PlannedSite> WhisperEncoder::plan(const std::string& axis) const
{
    std::vector<PlannedSite> sites;
    for (const Block& block : m_blocks)
        sites.push_back(block.self.heads.plan({axis, axis}, m_positionCount, m_positionCount));
    return sites;
}

} // namespace heedmap
