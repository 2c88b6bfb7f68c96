#include "core/models/blip_config.h"

#include "core/base/error.h"
#include "core/media/image.h"
#include "core/models/config_section.h"

namespace heedmap {

namespace {

BlipVisionConfig visionFrom(const ConfigSection& section)
{
    section.require("num_channels", 3);
    section.require("pruned_heads", Json::object());
    BlipVisionConfig vision;
    vision.hiddenSize = section.size("hidden_size", kMaxModelWidth, vision.hiddenSize);
    vision.intermediateSize = section.size("intermediate_size", kMaxModelWidth, vision.intermediateSize);
    vision.layers = section.size("num_hidden_layers", kMaxModelLayers, vision.layers);
    vision.heads = section.size("num_attention_heads", kMaxModelWidth, vision.heads);
    vision.imageSize = section.size("image_size", kMaxImageSide, vision.imageSize);
    vision.patchSize = section.size("patch_size", kMaxImageSide, vision.patchSize);
    vision.layerNormEps = section.epsilon(vision.layerNormEps);
    vision.activation = section.activation();
    section.requireWholeHeads(vision.hiddenSize, vision.heads);
    if (vision.patchSize > vision.imageSize)
        throw Error(ErrorKind::InvalidFile, "\"patch_size\" {} in {} is larger than \"image_size\" {}",
                    vision.patchSize, section.where, vision.imageSize);
    return vision;
}

void readTokens(const ConfigSection& section, BlipTextConfig& text)
{
    text.startToken = section.token("bos_token_id", text.vocabularySize, text.startToken);
    text.endToken = section.token("sep_token_id", text.vocabularySize, text.endToken);
    const std::int32_t padding = section.token("pad_token_id", text.vocabularySize, 0);
    // The reference would take the decoder's first token for padding and mask it.
    if (padding == text.startToken)
        throw Error(ErrorKind::Unsupported, "\"bos_token_id\" and \"pad_token_id\" are both {} in {}", padding,
                    section.where);
}

BlipTextConfig textFrom(const ConfigSection& section, std::int64_t encoderHiddenSize)
{
    section.require("position_embedding_type", "absolute");
    section.require("is_decoder", true);
    section.require("is_encoder_decoder", false);
    section.require("pruned_heads", Json::object());
    BlipTextConfig text;
    text.vocabularySize = section.size("vocab_size", kMaxVocabulary, text.vocabularySize);
    text.hiddenSize = section.size("hidden_size", kMaxModelWidth, text.hiddenSize);
    text.encoderHiddenSize = encoderHiddenSize;
    text.intermediateSize = section.size("intermediate_size", kMaxModelWidth, text.intermediateSize);
    text.layers = section.size("num_hidden_layers", kMaxModelLayers, text.layers);
    text.heads = section.size("num_attention_heads", kMaxModelWidth, text.heads);
    text.maxPositions = section.size("max_position_embeddings", kMaxModelWidth, text.maxPositions);
    text.layerNormEps = section.epsilon(text.layerNormEps);
    text.activation = section.activation();
    text.tieWordEmbeddings = jsonBool(section.json, "tie_word_embeddings", section.where, true);
    section.requireWholeHeads(text.hiddenSize, text.heads);
    readTokens(section, text);
    return text;
}

BlipForm formFrom(const std::string& architecture, const std::string& where)
{
    if (architecture == "BlipForQuestionAnswering")
        return BlipForm::QuestionAnswering;
    if (architecture == "BlipForImageTextRetrieval")
        return BlipForm::ImageTextRetrieval;
    if (architecture == "BlipForConditionalGeneration")
        return BlipForm::ConditionalGeneration;
    throw Error(ErrorKind::Unsupported,
                "\"architectures\" names \"{}\" in {}; supported are BlipForQuestionAnswering, "
                "BlipForImageTextRetrieval and BlipForConditionalGeneration",
                architecture, where);
}

void checkForm(const BlipConfig& config, const std::string& where)
{
    // The answer decoder's cross-attention is as wide as the picture's states but is fed the question's.
    if (config.form == BlipForm::QuestionAnswering && config.text.hiddenSize != config.vision.hiddenSize)
        throw Error(ErrorKind::InvalidFile,
                    "{} has text states of {} and picture states of {} features; question answering needs them equal",
                    where, config.text.hiddenSize, config.vision.hiddenSize);
}

} // namespace

BlipConfig BlipConfig::from(const Checkpoint& checkpoint)
{
    const ConfigSection top = ConfigSection::ofCheckpoint(checkpoint);
    top.require("quantization_config", Json::object());
    top.require("is_encoder_decoder", false);
    top.require("pruned_heads", Json::object());
    const ConfigSection vision = top.part("vision_config");
    const ConfigSection text = top.part("text_config");

    BlipConfig config;
    config.form = formFrom(checkpoint.architecture(), top.where);
    config.vision = visionFrom(vision);
    config.text = textFrom(text, config.vision.hiddenSize);
    config.imageTextHiddenSize = top.size("image_text_hidden_size", kMaxModelWidth, config.imageTextHiddenSize);
    checkForm(config, top.where);
    if (config.form != BlipForm::ImageTextRetrieval) {
        config.generation = generationSettingsFrom(text.json, text.where, config.notes);
        checkUnreadGenerationConfig(top.json, top.where, config.notes);
        const std::string generationFile = (checkpoint.folder() / "generation_config.json").string();
        checkUnreadGenerationConfig(checkpoint.generationConfig(), generationFile, config.notes);
        config.generation.endToken = config.text.endToken;
        config.generation.maxPositions = config.text.maxPositions;
    }
    return config;
}

} // namespace heedmap
