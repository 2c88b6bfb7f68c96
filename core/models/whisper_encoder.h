#pragma once

#include "core/models/whisper_config.h"
#include "core/runtime/attention.h"

#include <string>
#include <vector>

namespace heedmap {

/// What the layers of both sides of Whisper have in common: normalised before, added after.
struct WhisperAttention
{
    LayerNorm norm;
    MultiHeadAttention heads;
    Linear output;

    /// `attention` and `norm` are names below `layer`.
    static WhisperAttention load(const WeightScope& layer, const std::string& attention, const std::string& norm,
                                 const WhisperStack& stack, int index, AttentionKind kind);
};
struct WhisperFeedForward
{
    LayerNorm norm;
    Linear fc1;
    Linear fc2;
    Activation activation = nullptr;

    static WhisperFeedForward load(const WeightScope& layer, const WhisperStack& stack);
    at::Tensor operator()(const at::Tensor& x) const; ///< with x added. [positions, width]
};

/// Log-mel features of one window → states of its positions, two frames each.
/// Reference: transformers 4.57, models/whisper/modeling_whisper.py, WhisperEncoder.
class WhisperEncoder
{
public:
    static WhisperEncoder load(const WeightScope& scope, const WhisperStack& stack, std::int64_t melBins);

    /// `features` [bins, 2 × positions] → [positions, width], after the last layer norm. `axis` is the window's.
    at::Tensor operator()(const at::Tensor& features, const std::string& axis, const ForwardContext& context) const;
    /// The sites of that call.
    std::vector<PlannedSite> plan(const std::string& axis) const;

private:
    struct Block
    {
        std::string name;
        WhisperAttention self;
        WhisperFeedForward feedForward;
    };
    at::Tensor embed(const at::Tensor& features, const ForwardContext& context) const;
    at::Tensor runBlock(const Block& block, const at::Tensor& x, const AttentionAxes& axes,
                        const ForwardContext& context) const;

    std::string m_name;
    std::int64_t m_positionCount = 0;
    Linear m_conv1;         ///< weight [width, bins, 3]
    Linear m_conv2;         ///< weight [width, width, 3]
    at::Tensor m_positions; ///< [positions, width]
    std::vector<Block> m_blocks;
    LayerNorm m_norm;
};

} // namespace heedmap
