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

WhisperCache WhisperCache::forked(std::span<const std::size_t> from) const
{
    WhisperCache result;
    for (const Layer& layer : layers) {
        Layer& fork = result.layers.emplace_back();
        fork.cross = layer.cross;
        for (const std::size_t sequence : from)
            fork.self.push_back(layer.self.at(sequence));
    }
    return result;
}

at::Tensor WhisperDecoder::attendToText(const Block& block, const at::Tensor& x, const WhisperTextInput& input,
                                        WhisperCache::Layer* cache, const ForwardContext& context)
{
    const at::Tensor normed = block.self.norm(x);
    KeyValues own = block.self.heads.project(normed);
    if (input.oneOfEach)
        return x + block.self.output(attendEach(block, normed, input, own, *cache, context));
    if (cache) {
        cache->self.resize(1);
        cache->self.front().append(own);
        own = cache->self.front();
    }
    const AttentionAxes axes{input.axes.queries, input.axes.queries};
    return x + block.self.output(block.self.heads(normed, own, input.mask, axes, context));
}

/// Every sequence to itself: its own keys and values, those of the new tokens among them.
at::Tensor WhisperDecoder::attendEach(const Block& block, const at::Tensor& normed, const WhisperTextInput& input,
                                      const KeyValues& own, WhisperCache::Layer& cache, const ForwardContext& context)
{
    const AttentionAxes axes{input.axes.queries, input.axes.queries};
    std::vector<at::Tensor> mixed;
    for (std::size_t i = 0; i < cache.self.size(); ++i) {
        const auto row = static_cast<std::int64_t>(i);
        cache.self[i].append({own.keys.narrow(1, row, 1), own.values.narrow(1, row, 1)});
        mixed.push_back(
            block.self.heads(normed.narrow(0, row, 1), cache.self[i], AttentionMask::none(), axes, context));
    }
    return at::cat(mixed); // [sequences, width]
}

at::Tensor WhisperDecoder::attendToSound(const Block& block, const at::Tensor& x, const WhisperTextInput& input,
                                         const WhisperCache::Layer* cache, const ForwardContext& context)
{
    const KeyValues heard = cache ? cache->cross : block.cross.heads.project(input.sound);
    const at::Tensor mixed = block.cross.heads(block.cross.norm(x), heard, AttentionMask::none(), input.axes, context);
    return x + block.cross.output(mixed);
}

at::Tensor WhisperDecoder::runBlock(const Block& block, const at::Tensor& x, const WhisperTextInput& input,
                                    WhisperCache::Layer* cache, const ForwardContext& context) const
{
    const at::Tensor read = attendToText(block, x, input, cache, context);
    const at::Tensor output = block.feedForward(attendToSound(block, read, input, cache, context));
    context.stage(block.name, output);
    context.finishLayer();
    return output;
}

WhisperCache WhisperDecoder::hear(const at::Tensor& sound) const
{
    WhisperCache cache;
    for (const Block& block : m_blocks)
        cache.layers.push_back({{}, block.cross.heads.project(sound)});
    return cache;
}

at::Tensor WhisperDecoder::operator()(const WhisperTextInput& input, WhisperCache* cache,
                                      const ForwardContext& context) const
{
    const std::int64_t places = input.oneOfEach ? 1 : input.ids.size(0);
    at::Tensor states = m_tokens(input.ids) + m_positions.narrow(0, input.past, places);
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
