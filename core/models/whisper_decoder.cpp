#include "core/models/whisper_decoder.h"

#include <ATen/ATen.h>

namespace heedmap {

namespace {

constexpr double kEpsilon = 1e-5;

} // namespace

WhisperDecoder WhisperDecoder::load(const WeightScope& top, const WhisperConfig& config)
{
    const WhisperStack& stack = config.decoder;
    const WeightScope scope = top / "model" / "decoder";
    const WeightScope scores = top / "proj_out";
    WhisperDecoder decoder;
    decoder.m_name = scope.path();
    decoder.m_scoresName = scores.path();
    decoder.m_tokens = Embedding::load(scope / "embed_tokens", config.vocabularySize, stack.width);
    decoder.m_positions = (scope / "embed_positions").take("weight", {stack.positions, stack.width});
    for (int layer = 0; layer < stack.layers; ++layer) {
        const WeightScope block = scope / "layers" / layer;
        decoder.m_blocks.push_back(
            {block.path(),
             WhisperAttention::load(block, "self_attn", "self_attn_layer_norm", stack, layer, AttentionKind::Self),
             WhisperAttention::load(block, "encoder_attn", "encoder_attn_layer_norm", stack, layer,
                                    AttentionKind::Cross),
             WhisperFeedForward::load(block, stack)});
    }
    decoder.m_norm = LayerNorm::load(scope / "layer_norm", stack.width, kEpsilon);
    if (config.tieWordEmbeddings) {
        scores.ledger().markUsed(scores.nameOf("weight")); // a copy in the file is an alias then
        decoder.m_scores.weight = decoder.m_tokens.weight;
    } else {
        decoder.m_scores = Linear::loadWithoutBias(scores, stack.width, config.vocabularySize);
    }
    return decoder;
}

at::Tensor WhisperDecoder::attend(const WhisperAttention& attention, const at::Tensor& x, const KeyValues& keyValues,
                                  const at::Tensor& normed, const AttentionMask& mask, const AttentionAxes& axes,
                                  const ForwardContext& context)
{
    return x + attention.output(attention.heads(normed, keyValues, mask, axes, context));
}

at::Tensor WhisperDecoder::runBlock(const Block& block, const at::Tensor& x, const WhisperTextInput& input,
                                    WhisperCache::Layer* cache, const ForwardContext& context) const
{
    const at::Tensor normed = block.self.norm(x);
    KeyValues own = block.self.heads.project(normed);
    if (cache) {
        cache->self.append(own);
        own = cache->self;
    }
    const std::string& text = input.axes.queries;
    const at::Tensor read = attend(block.self, x, own, normed, input.mask, {text, text}, context);

    KeyValues heard = cache ? cache->cross : KeyValues{};
    if (!heard.defined())
        heard = block.cross.heads.project(input.sound);
    if (cache)
        cache->cross = heard;
    const at::Tensor listened =
        attend(block.cross, read, heard, block.cross.norm(read), AttentionMask::none(), input.axes, context);

    const at::Tensor output = block.feedForward(listened);
    context.stage(block.name, output);
    context.finishLayer();
    return output;
}

at::Tensor WhisperDecoder::operator()(const WhisperTextInput& input, WhisperCache* cache,
                                      const ForwardContext& context) const
{
    at::Tensor states = m_tokens(input.ids) + m_positions.narrow(0, input.past, input.ids.size(0));
    if (cache)
        cache->layers.resize(m_blocks.size());
    for (std::size_t layer = 0; layer < m_blocks.size(); ++layer)
        states = runBlock(m_blocks[layer], states, input, cache ? &cache->layers[layer] : nullptr, context);
    states = m_norm(states);
    context.stage(m_name + ".layer_norm", states);
    const at::Tensor logits = m_scores(states);
    context.stage(m_scoresName, logits);
    return logits;
}

std::vector<PlannedSite> WhisperDecoder::plan(const AttentionAxes& axes, std::int64_t positions,
                                              std::int64_t soundPositions) const
{
    std::vector<PlannedSite> sites;
    for (const Block& block : m_blocks) {
        sites.push_back(block.self.heads.plan({axes.queries, axes.queries}, positions, positions));
        sites.push_back(block.cross.heads.plan(axes, positions, soundPositions));
    }
    return sites;
}

} // namespace heedmap
