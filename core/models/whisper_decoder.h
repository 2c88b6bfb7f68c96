#pragma once

#include "core/models/whisper_encoder.h"

#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// Keys and values of the sound, per layer, and of the earlier tokens of one or several sequences of one length. A copy
/// shares the tensors, which are never written to.
struct WhisperCache
{
    struct Layer
    {
        std::vector<KeyValues> self; ///< of each sequence; none before the first step
        KeyValues cross;             ///< of the sound that all of them hear
    };
    std::vector<Layer> layers;

    /// What sequences need that continue those of these numbers.
    WhisperCache forked(std::span<const std::size_t> from) const;
};

/// What the decoder reads: several positions of one sequence, from `past` on, or one position, `past`, of several.
struct WhisperTextInput
{
    at::Tensor ids; ///< int64 [positions], each inside the vocabulary
    std::int64_t past = 0;
    bool oneOfEach = false; ///< as many sequences as ids, and as the cache has
    AttentionMask mask;     ///< of self-attention
    at::Tensor sound;       ///< [positions, width], the encoder's states; not looked at where there is a cache
    AttentionAxes axes;     ///< the text's and the sound's
};

/// Tokens → logits, attending to what came before and to the sound. The token embeddings score the vocabulary too.
/// Reference: transformers 4.57, models/whisper/modeling_whisper.py, WhisperDecoder and
/// WhisperForConditionalGeneration.
class WhisperDecoder
{
public:
    /// `top` holds "model.decoder" and, where weights are not tied, "proj_out".
    static WhisperDecoder load(const WeightScope& top, const WhisperConfig& config);

    /// What every text over this sound begins with. [positions, width]
    WhisperCache hear(const at::Tensor& sound) const;
    /// → logits [positions, vocabulary]. With a cache only the new positions are given, and the cache grows by them. Of
    /// several sequences only self-attention is computed one by one: everything else reads the weights, and the sound's
    /// keys and values, once for all.
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
    static at::Tensor attendToText(const Block& block, const at::Tensor& x, const WhisperTextInput& input,
                                   WhisperCache::Layer* cache, const ForwardContext& context);
    static at::Tensor attendEach(const Block& block, const at::Tensor& normed, const WhisperTextInput& input,
                                 const KeyValues& own, WhisperCache::Layer& cache, const ForwardContext& context);
    static at::Tensor attendToSound(const Block& block, const at::Tensor& x, const WhisperTextInput& input,
                                    const WhisperCache::Layer* cache, const ForwardContext& context);
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
