#pragma once

#include "core/models/blip_config.h"
#include "core/runtime/attention.h"

#include <vector>

namespace heedmap {

/// What a text model reads. Positions of `ids` start at `past`.
struct BlipTextInput
{
    at::Tensor ids; ///< int64 [positions], each inside the vocabulary
    std::int64_t past = 0;
    AttentionMask mask;       ///< of self-attention
    at::Tensor encoderStates; ///< [keys, encoderHiddenSize]; undefined: cross-attention is left out
    std::string axis;         ///< id of the text's own axis
    std::string encoderAxis;
};

/// Keys and values of earlier positions and of the encoder's states, per layer; empty before the first step.
struct BlipTextCache
{
    struct Layer
    {
        KeyValues self;
        KeyValues cross;
    };
    std::vector<Layer> layers;
};

/// The BERT of BLIP with cross-attention in every layer: text encoder and the body of the decoder.
/// Reference: transformers 4.57, models/blip/modeling_blip_text.py, BlipTextModel.
class BlipTextModel
{
public:
    static BlipTextModel load(const WeightScope& scope, const BlipTextConfig& config);

    /// → [positions, hiddenSize]. With a cache only the new positions are given, and the cache grows by them.
    at::Tensor operator()(const BlipTextInput& input, BlipTextCache* cache, const ForwardContext& context) const;

    /// The sites of that call over `positions` positions, attending to `encoderPositions` (0: no cross-attention).
    std::vector<PlannedSite> plan(const AttentionAxes& axes, std::int64_t positions,
                                  std::int64_t encoderPositions) const;

    const at::Tensor& wordEmbeddings() const { return m_words.weight; } ///< [vocabulary, hidden]

private:
    struct Attention
    {
        MultiHeadAttention heads;
        Linear dense;
        LayerNorm norm;
    };
    struct Block
    {
        std::string name;
        Attention self;
        Attention cross;
        Linear intermediate;
        Linear output;
        LayerNorm outputNorm;
    };
    static Attention loadAttention(const WeightScope& scope, const BlipTextConfig& config, int layer,
                                   AttentionKind kind);
    static Block loadBlock(const WeightScope& scope, const BlipTextConfig& config, int layer);
    at::Tensor attendSelf(const Block& block, const at::Tensor& x, const BlipTextInput& input,
                          BlipTextCache::Layer* cache, const ForwardContext& context) const;
    at::Tensor attendCross(const Block& block, const at::Tensor& x, const BlipTextInput& input,
                           BlipTextCache::Layer* cache, const ForwardContext& context) const;
    at::Tensor runBlock(const Block& block, const at::Tensor& x, const BlipTextInput& input,
                        BlipTextCache::Layer* cache, const ForwardContext& context) const;

    BlipTextConfig m_config;
    std::string m_name;
    Embedding m_words;
    Embedding m_positions;
    LayerNorm m_embeddingNorm;
    std::vector<Block> m_blocks;
};

/// BlipTextLMHeadModel: the body and the head that scores the vocabulary.
class BlipTextDecoder
{
public:
    static BlipTextDecoder load(const WeightScope& scope, const BlipTextConfig& config);

    /// → logits [positions, vocabulary].
    at::Tensor operator()(const BlipTextInput& input, BlipTextCache* cache, const ForwardContext& context) const;

    const BlipTextModel& body() const { return m_body; }

private:
    static at::Tensor loadScores(const WeightScope& predictions, const BlipTextModel& body,
                                 const BlipTextConfig& config);
    static at::Tensor loadBias(const WeightScope& predictions, const BlipTextConfig& config);

    BlipTextModel m_body;
    std::string m_headName;
    Activation m_activation = nullptr;
    Linear m_transform;
    LayerNorm m_transformNorm;
    Linear m_scores;
};

} // namespace heedmap
