#pragma once

#include "core/media/image_preprocessor.h"
#include "core/models/blip_config.h"
#include "core/runtime/attention.h"

#include <vector>

namespace heedmap {

/// The ViT of BLIP: pixels → states of one CLS position and the patches, row-major.
/// Reference: transformers 4.57, models/blip/modeling_blip.py, BlipVisionModel.
class BlipVisionModel
{
public:
    static BlipVisionModel load(const WeightScope& scope, const BlipVisionConfig& config);

    /// → [1 + patches, hiddenSize], after the last layer norm. `axis` is the picture's axis id.
    /// Errors: InvalidRequest when the picture has more patches than the model has positions, or none.
    at::Tensor operator()(const PixelValues& pixels, const std::string& axis, const ForwardContext& context) const;

    /// The sites of that call for a picture of `positions` positions, CLS included.
    std::vector<PlannedSite> plan(const std::string& axis, std::int64_t positions) const;
    /// 1 + patches. Errors: as above.
    std::int64_t positionsOf(const PixelValues& pixels) const;

private:
    struct Block
    {
        std::string name;
        LayerNorm norm1;
        MultiHeadAttention attention;
        Linear projection;
        LayerNorm norm2;
        Linear fc1;
        Linear fc2;
    };
    static Block loadBlock(const WeightScope& scope, const BlipVisionConfig& config, int layer);
    at::Tensor embed(const PixelValues& pixels) const;
    at::Tensor runBlock(const Block& block, const at::Tensor& x, const AttentionAxes& axes,
                        const ForwardContext& context) const;

    BlipVisionConfig m_config;
    std::string m_name;
    at::Tensor m_classEmbedding;    ///< [1, 1, hidden]
    at::Tensor m_patchWeight;       ///< [hidden, 3, patch, patch]
    at::Tensor m_patchBias;         ///< [hidden]
    at::Tensor m_positionEmbedding; ///< [1, positions, hidden]
    std::vector<Block> m_blocks;
    LayerNorm m_postNorm;
};

} // namespace heedmap
