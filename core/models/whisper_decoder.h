#pragma once

#include "core/models/whisper_encoder.h"

#include <string>
#include <vector>

namespace heedmap {

/// Keys and values of earlier tokens and of the sound, per layer; empty before the first step. A copy shares the
/// tensors, which are never written to: that is how beams fork.
struct WhisperCache
{
    struct Layer
    {
        KeyValues self;
        KeyValues cross;
    };
    std::vector<Layer> layers;
};

/// What the decoder reads. Positions of `ids` start at `past`.
struct WhisperTextInput
{
    at::Tensor ids; ///< int64 [positions], each inside the vocabulary
    std::int64_t past = 0;
    AttentionMask mask; ///< of self-attention
    at::Tensor sound;   ///< [positions, width], the encoder's states
    AttentionAxes axes; ///< the text's and the sound's
};

/// Tokens → logits, attending to what came before and to the sound. The token embeddings score the vocabulary too.
/// Reference: transformers 4.57, models/whisper/modeling_whisper.py, WhisperDecoder and
/// WhisperForConditionalGeneration.
class WhisperDecoder
{
public:
    /// `top` holds "model.decoder" and, where weights are not tied, "proj_out".
    static WhisperDecoder load(const WeightScope& top, const WhisperConfig& config);

    /// → logits [positions, vocabulary]. With a cache only the new positions are given, and the cache grows by them.
    at::Tensor operator()(const WhisperTextInput& input, WhisperCache* cache, const ForwardContext& context) const;
    /// The sites of that call over `positions` positions.
    std::vector<PlannedSite> plan(const AttentionAxes& axes, std::int64_t positions, std::int64_t soundPositions) const;

private:
    struct Block
    {
        std::string name;
        WhisperAttention self;
        WhisperAttention cross;
        WhisperFeedForward feedForward;
    };
    static at::Tensor attend(const WhisperAttention& attention, const at::Tensor& x, const KeyValues& keyValues,
                             const at::Tensor& normed, const AttentionMask& mask, const AttentionAxes& axes,
                             const ForwardContext& context);
    at::Tensor runBlock(const Block& block, const at::Tensor& x, const WhisperTextInput& input,
                        WhisperCache::Layer* cache, const ForwardContext& context) const;

    std::string m_name;
    std::string m_scoresName;
    Embedding m_tokens;
    at::Tensor m_positions; ///< [positions, width]
    std::vector<Block> m_blocks;
    LayerNorm m_norm;
    Linear m_scores;
};

} // namespace heedmap
