#include "core/models/blip_vision.h"

#include "core/base/error.h"

#include <ATen/ATen.h>

namespace heedmap {

BlipVisionModel::Block BlipVisionModel::loadBlock(const WeightScope& scope, const BlipVisionConfig& config, int layer)
{
    const std::int64_t hidden = config.hiddenSize;
    const WeightScope attention = scope / "self_attn";
    Block block;
    block.name = scope.path();
    block.norm1 = LayerNorm::load(scope / "layer_norm1", hidden, config.layerNormEps);
    block.attention = MultiHeadAttention::loadFused(attention, "qkv", {hidden, hidden, config.heads, config.headDim()});
    block.projection = Linear::load(attention / "projection", hidden, hidden);
    block.attention.describe(attention.path(), layer, AttentionKind::Self, block.projection);
    block.norm2 = LayerNorm::load(scope / "layer_norm2", hidden, config.layerNormEps);
    block.fc1 = Linear::load(scope / "mlp" / "fc1", hidden, config.intermediateSize);
    block.fc2 = Linear::load(scope / "mlp" / "fc2", config.intermediateSize, hidden);
    return block;
}

BlipVisionModel BlipVisionModel::load(const WeightScope& scope, const BlipVisionConfig& config)
{
    const std::int64_t hidden = config.hiddenSize;
    const WeightScope embeddings = scope / "embeddings";
    const WeightScope patch = embeddings / "patch_embedding";
    BlipVisionModel model;
    model.m_config = config;
    model.m_name = scope.path();
    model.m_classEmbedding = embeddings.take("class_embedding", {1, 1, hidden});
    model.m_patchWeight = patch.take("weight", {hidden, 3, config.patchSize, config.patchSize});
    model.m_patchBias = patch.take("bias", {hidden});
    model.m_positionEmbedding = embeddings.take("position_embedding", {1, config.positions(), hidden});
    for (int layer = 0; layer < config.layers; ++layer)
        model.m_blocks.push_back(loadBlock(scope / "encoder" / "layers" / layer, config, layer));
    model.m_postNorm = LayerNorm::load(scope / "post_layernorm", hidden, config.layerNormEps);
    return model;
}

std::int64_t BlipVisionModel::positionsOf(const PixelValues& pixels) const
{
    const std::int64_t patches = (pixels.height / m_config.patchSize) * (pixels.width / m_config.patchSize);
    if (patches < 1 || patches + 1 > m_config.positions())
        throw Error(
            ErrorKind::InvalidRequest,
            "The picture is {} × {} pixels after preprocessing, but the model takes {} × {}: correct \"size\" in "
            "preprocessor_config.json",
            pixels.width, pixels.height, m_config.imageSize, m_config.imageSize);
    return patches + 1;
}

std::vector<PlannedSite> BlipVisionModel::plan(const std::string& axis, std::int64_t positions) const
{
    std::vector<PlannedSite> sites;
    for (const Block& block : m_blocks)
        sites.push_back(block.attention.plan({axis, axis}, positions, positions));
    return sites;
}

at::Tensor BlipVisionModel::embed(const PixelValues& pixels) const
{
    const std::int64_t positions = positionsOf(pixels);
    const at::Tensor picture =
        at::from_blob(const_cast<float*>(pixels.values.data()), {1, 3, pixels.height, pixels.width}, at::kFloat);
    const at::Tensor grid = at::conv2d(picture, m_patchWeight, m_patchBias, m_config.patchSize);
    const at::Tensor patchStates = grid.flatten(2).transpose(1, 2); // [1, patches, hidden]
    const at::Tensor states = at::cat({m_classEmbedding, patchStates}, 1);
    return (states + m_positionEmbedding.narrow(1, 0, positions)).squeeze(0); // [1 + patches, hidden]
}

at::Tensor BlipVisionModel::runBlock(const Block& block, const at::Tensor& x, const AttentionAxes& axes,
                                     const ForwardContext& context) const
{
    const at::Tensor normed = block.norm1(x);
    const KeyValues keyValues = block.attention.project(normed);
    const at::Tensor mixed = block.attention(normed, keyValues, AttentionMask::none(), axes, context);
    const at::Tensor attended = x + block.projection(mixed);
    const at::Tensor output = attended + block.fc2(m_config.activation(block.fc1(block.norm2(attended))));
    context.stage(block.name, output);
    context.finishLayer();
    return output;
}

at::Tensor BlipVisionModel::operator()(const PixelValues& pixels, const std::string& axis,
                                       const ForwardContext& context) const
{
    at::Tensor states = embed(pixels);
    context.stage(m_name + ".embeddings", states);
    const AttentionAxes axes{axis, axis};
    for (const Block& block : m_blocks)
        states = runBlock(block, states, axes, context);
    states = m_postNorm(states);
    context.stage(m_name + ".post_layernorm", states);
    return states;
}

} // namespace heedmap
