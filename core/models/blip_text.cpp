#include "core/models/blip_text.h"

#include <ATen/ATen.h>

namespace heedmap {

BlipTextModel::Attention BlipTextModel::loadAttention(const WeightScope& scope, const BlipTextConfig& config, int layer,
                                                      AttentionKind kind)
{
    const std::int64_t hidden = config.hiddenSize;
    const std::int64_t keyFeatures = kind == AttentionKind::Cross ? config.encoderHiddenSize : hidden;
    const WeightScope heads = scope / "self";
    Attention attention;
    attention.heads = MultiHeadAttention::loadSeparate(heads, {hidden, keyFeatures, config.heads, config.headDim()});
    attention.dense = Linear::load(scope / "output" / "dense", hidden, hidden);
    attention.heads.describe(heads.path(), layer, kind, attention.dense);
    attention.norm = LayerNorm::load(scope / "output" / "LayerNorm", hidden, config.layerNormEps);
    return attention;
}

BlipTextModel::Block BlipTextModel::loadBlock(const WeightScope& scope, const BlipTextConfig& config, int layer)
{
    Block block;
    block.name = scope.path();
    block.self = loadAttention(scope / "attention", config, layer, AttentionKind::Self);
    block.cross = loadAttention(scope / "crossattention", config, layer, AttentionKind::Cross);
    block.intermediate = Linear::load(scope / "intermediate" / "dense", config.hiddenSize, config.intermediateSize);
    block.output = Linear::load(scope / "output" / "dense", config.intermediateSize, config.hiddenSize);
    block.outputNorm = LayerNorm::load(scope / "output" / "LayerNorm", config.hiddenSize, config.layerNormEps);
    return block;
}

BlipTextModel BlipTextModel::load(const WeightScope& scope, const BlipTextConfig& config)
{
    const WeightScope embeddings = scope / "embeddings";
    BlipTextModel model;
    model.m_config = config;
    model.m_name = scope.path();
    model.m_words = Embedding::load(embeddings / "word_embeddings", config.vocabularySize, config.hiddenSize);
    model.m_positions = Embedding::load(embeddings / "position_embeddings", config.maxPositions, config.hiddenSize);
    model.m_embeddingNorm = LayerNorm::load(embeddings / "LayerNorm", config.hiddenSize, config.layerNormEps);
    for (int layer = 0; layer < config.layers; ++layer)
        model.m_blocks.push_back(loadBlock(scope / "encoder" / "layer" / layer, config, layer));
    return model;
}

at::Tensor BlipTextModel::attendSelf(const Block& block, const at::Tensor& x, const BlipTextInput& input,
                                     BlipTextCache::Layer* cache, const ForwardContext& context) const
{
    KeyValues keyValues = block.self.heads.project(x);
    if (cache) {
        cache->self.append(keyValues);
        keyValues = cache->self;
    }
    const at::Tensor mixed = block.self.heads(x, keyValues, input.mask, {input.axis, input.axis}, context);
    return block.self.norm(block.self.dense(mixed) + x);
}

at::Tensor BlipTextModel::attendCross(const Block& block, const at::Tensor& x, const BlipTextInput& input,
                                      BlipTextCache::Layer* cache, const ForwardContext& context) const
{
    KeyValues keyValues = cache ? cache->cross : KeyValues{};
    if (!keyValues.defined())
        keyValues = block.cross.heads.project(input.encoderStates);
    if (cache)
        cache->cross = keyValues;
    const AttentionAxes axes{input.axis, input.encoderAxis};
    const at::Tensor mixed = block.cross.heads(x, keyValues, AttentionMask::none(), axes, context);
    return block.cross.norm(block.cross.dense(mixed) + x);
}

at::Tensor BlipTextModel::runBlock(const Block& block, const at::Tensor& x, const BlipTextInput& input,
                                   BlipTextCache::Layer* cache, const ForwardContext& context) const
{
    at::Tensor states = attendSelf(block, x, input, cache, context);
    if (input.encoderStates.defined())
        states = attendCross(block, states, input, cache, context);
    const at::Tensor wide = m_config.activation(block.intermediate(states));
    const at::Tensor output = block.outputNorm(block.output(wide) + states);
    context.stage(block.name, output);
    context.finishLayer();
    return output;
}

at::Tensor BlipTextModel::operator()(const BlipTextInput& input, BlipTextCache* cache,
                                     const ForwardContext& context) const
{
    const at::Tensor positions = m_positions.weight.narrow(0, input.past, input.ids.size(0));
    at::Tensor states = m_embeddingNorm(m_words(input.ids) + positions); // [positions, hidden]
    context.stage(m_name + ".embeddings", states);
    if (cache)
        cache->layers.resize(m_blocks.size());
    for (std::size_t layer = 0; layer < m_blocks.size(); ++layer)
        states = runBlock(m_blocks[layer], states, input, cache ? &cache->layers[layer] : nullptr, context);
    return states;
}

std::vector<PlannedSite> BlipTextModel::plan(const AttentionAxes& axes, std::int64_t positions,
                                             std::int64_t encoderPositions) const
{
    std::vector<PlannedSite> sites;
    for (const Block& block : m_blocks) {
        sites.push_back(block.self.heads.plan({axes.queries, axes.queries}, positions, positions));
        if (encoderPositions > 0)
            sites.push_back(block.cross.heads.plan(axes, positions, encoderPositions));
    }
    return sites;
}

/// The word embeddings score the vocabulary unless the configuration unties them; a copy under the decoder's own name
/// is an alias then.
at::Tensor BlipTextDecoder::loadScores(const WeightScope& predictions, const BlipTextModel& body,
                                       const BlipTextConfig& config)
{
    const WeightScope decoder = predictions / "decoder";
    if (!config.tieWordEmbeddings)
        return decoder.take("weight", {config.vocabularySize, config.hiddenSize});
    predictions.ledger().markUsed(decoder.nameOf("weight"));
    return body.wordEmbeddings();
}

/// One parameter under two names, `bias` and `decoder.bias`; files hold either or both, and the first wins.
at::Tensor BlipTextDecoder::loadBias(const WeightScope& predictions, const BlipTextConfig& config)
{
    const WeightScope decoder = predictions / "decoder";
    WeightLedger& ledger = predictions.ledger();
    if (!ledger.contains(predictions.nameOf("bias")) && ledger.contains(decoder.nameOf("bias")))
        return decoder.take("bias", {config.vocabularySize});
    ledger.markUsed(decoder.nameOf("bias"));
    return predictions.take("bias", {config.vocabularySize});
}

BlipTextDecoder BlipTextDecoder::load(const WeightScope& scope, const BlipTextConfig& config)
{
    const WeightScope head = scope / "cls";
    const WeightScope predictions = head / "predictions";
    const WeightScope transform = predictions / "transform";
    BlipTextDecoder decoder;
    decoder.m_body = BlipTextModel::load(scope / "bert", config);
    decoder.m_headName = head.path();
    decoder.m_activation = config.activation;
    decoder.m_transform = Linear::load(transform / "dense", config.hiddenSize, config.hiddenSize);
    decoder.m_transformNorm = LayerNorm::load(transform / "LayerNorm", config.hiddenSize, config.layerNormEps);
    decoder.m_scores = {loadScores(predictions, decoder.m_body, config), loadBias(predictions, config)};
    return decoder;
}

at::Tensor BlipTextDecoder::operator()(const BlipTextInput& input, BlipTextCache* cache,
                                       const ForwardContext& context) const
{
    const at::Tensor states = m_body(input, cache, context);
    const at::Tensor logits = m_scores(m_transformNorm(m_activation(m_transform(states))));
    context.stage(m_headName, logits);
    return logits;
}

} // namespace heedmap
