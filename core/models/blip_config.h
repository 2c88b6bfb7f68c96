#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/runtime/activation.h"
#include "core/runtime/generation.h"

#include <cstdint>
#include <string>
#include <vector>

namespace heedmap {

/// `vision_config` of a BLIP checkpoint: a ViT over square pictures.
struct BlipVisionConfig
{
    std::int64_t hiddenSize = 768;
    std::int64_t intermediateSize = 3072;
    std::int64_t layers = 12;
    std::int64_t heads = 12;
    std::int64_t imageSize = 384;
    std::int64_t patchSize = 16;
    double layerNormEps = 1e-5;
    Activation activation = nullptr;

    std::int64_t headDim() const { return hiddenSize / heads; }
    std::int64_t positions() const { return (imageSize / patchSize) * (imageSize / patchSize) + 1; }
};

/// `text_config` of a BLIP checkpoint: a BERT with cross-attention, encoder and decoder alike.
struct BlipTextConfig
{
    std::int64_t vocabularySize = 30524;
    std::int64_t hiddenSize = 768;
    std::int64_t encoderHiddenSize = 768; ///< always the vision model's hidden size, as the reference sets it
    std::int64_t intermediateSize = 3072;
    std::int64_t layers = 12;
    std::int64_t heads = 8;
    std::int64_t maxPositions = 512;
    double layerNormEps = 1e-12;
    Activation activation = nullptr;
    std::int32_t startToken = 30522; ///< bos_token_id: first input of the decoder
    std::int32_t endToken = 102;     ///< sep_token_id: ends generated text
    bool tieWordEmbeddings = true;

    std::int64_t headDim() const { return hiddenSize / heads; }
};

enum class BlipForm
{
    QuestionAnswering,
    ImageTextRetrieval,
    ConditionalGeneration
};

struct BlipConfig
{
    BlipForm form = BlipForm::QuestionAnswering;
    BlipVisionConfig vision;
    BlipTextConfig text;
    std::int64_t imageTextHiddenSize = 256;
    GenerationSettings generation;
    std::vector<std::string> notes;

    /// Defaults and meaning as in `transformers` 4.57, models/blip/configuration_blip.py. Errors: InvalidFile for
    /// malformed or impossible values, Unsupported for values this program does not do; both name field and value.
    static BlipConfig from(const Checkpoint& checkpoint);
};

} // namespace heedmap
