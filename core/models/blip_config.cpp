#include "core/models/blip_config.h"

#include "core/base/error.h"

#include <cmath>

namespace heedmap {

namespace {

// Far beyond any model, small enough that no product of two overflows.
constexpr std::int64_t kMaxWidth = 1 << 20;
constexpr std::int64_t kMaxVocabulary = 1 << 26;
constexpr std::int64_t kMaxLayers = 1024;
constexpr std::int64_t kMaxImageSide = 32'768;

/// One object of config.json and what it is called in messages.
struct Section
{
    const Json& json;
    std::string where;

    std::int64_t size(const char* key, std::int64_t high, std::int64_t fallback) const
    {
        return jsonInteger(json, key, where, 1, high, fallback);
    }

    double epsilon(double fallback) const
    {
        const double value = jsonNumber(json, "layer_norm_eps", where, fallback);
        if (!std::isfinite(value) || value < 0)
            throw Error(ErrorKind::InvalidFile, "\"layer_norm_eps\" in {} is {}, but must be a small positive number",
                        where, value);
        return value;
    }

    Activation activation() const
    {
        return activationFromName(jsonString(json, "hidden_act", where, "gelu"), "\"hidden_act\" in " + where);
    }

    /// Refuses `key` unless it is missing, null or `only`.
    void require(const char* key, const Json& only) const
    {
        const auto found = json.find(key);
        if (found != json.end() && !found->is_null() && *found != only)
            throw Error(ErrorKind::Unsupported, "\"{}\" is {} in {}; only {} is supported", key, found->dump(), where,
                        only.dump());
    }
};

const Json& sectionOf(const Json& config, const char* key, const std::string& where)
{
    static const Json empty = Json::object();
    const auto found = config.find(key);
    return found == config.end() || found->is_null() ? empty : jsonObject(config, key, where);
}

void requireWholeHeads(std::int64_t hiddenSize, std::int64_t heads, const std::string& where)
{
    if (hiddenSize % heads != 0)
        throw Error(
            ErrorKind::InvalidFile,
            "\"hidden_size\" {} in {} is not a multiple of \"num_attention_heads\" {}: heads of equal width are "
            "needed",
            hiddenSize, where, heads);
}

BlipVisionConfig visionFrom(const Section& section)
{
    section.require("num_channels", 3);
    section.require("pruned_heads", Json::object());
    BlipVisionConfig vision;
    vision.hiddenSize = section.size("hidden_size", kMaxWidth, vision.hiddenSize);
    vision.intermediateSize = section.size("intermediate_size", kMaxWidth, vision.intermediateSize);
    vision.layers = section.size("num_hidden_layers", kMaxLayers, vision.layers);
    vision.heads = section.size("num_attention_heads", kMaxWidth, vision.heads);
    vision.imageSize = section.size("image_size", kMaxImageSide, vision.imageSize);
    vision.patchSize = section.size("patch_size", kMaxImageSide, vision.patchSize);
    vision.layerNormEps = section.epsilon(vision.layerNormEps);
    vision.activation = section.activation();
    requireWholeHeads(vision.hiddenSize, vision.heads, section.where);
    if (vision.patchSize > vision.imageSize)
        throw Error(ErrorKind::InvalidFile, "\"patch_size\" {} in {} is larger than \"image_size\" {}",
                    vision.patchSize, section.where, vision.imageSize);
    return vision;
}

std::int32_t tokenFrom(const Section& section, const char* key, std::int64_t vocabularySize, std::int64_t fallback)
{
    const std::int64_t id = jsonInteger(section.json, key, section.where, 0, kMaxVocabulary, fallback);
    if (id >= vocabularySize)
        throw Error(ErrorKind::InvalidFile, "\"{}\" is {} in {}, outside the vocabulary of {} tokens", key, id,
                    section.where, vocabularySize);
    return static_cast<std::int32_t>(id);
}

void readTokens(const Section& section, BlipTextConfig& text)
{
    text.startToken = tokenFrom(section, "bos_token_id", text.vocabularySize, text.startToken);
    text.endToken = tokenFrom(section, "sep_token_id", text.vocabularySize, text.endToken);
    const std::int32_t padding = tokenFrom(section, "pad_token_id", text.vocabularySize, 0);
    // The reference would take the decoder's first token for padding and mask it.
    if (padding == text.startToken)
        throw Error(ErrorKind::Unsupported, "\"bos_token_id\" and \"pad_token_id\" are both {} in {}", padding,
                    section.where);
}

BlipTextConfig textFrom(const Section& section, std::int64_t encoderHiddenSize)
{
    section.require("position_embedding_type", "absolute");
    section.require("is_decoder", true);
    section.require("is_encoder_decoder", false);
    section.require("pruned_heads", Json::object());
    BlipTextConfig text;
    text.vocabularySize = section.size("vocab_size", kMaxVocabulary, text.vocabularySize);
    text.hiddenSize = section.size("hidden_size", kMaxWidth, text.hiddenSize);
    text.encoderHiddenSize = encoderHiddenSize;
    text.intermediateSize = section.size("intermediate_size", kMaxWidth, text.intermediateSize);
    text.layers = section.size("num_hidden_layers", kMaxLayers, text.layers);
    text.heads = section.size("num_attention_heads", kMaxWidth, text.heads);
    text.maxPositions = section.size("max_position_embeddings", kMaxWidth, text.maxPositions);
    text.layerNormEps = section.epsilon(text.layerNormEps);
    text.activation = section.activation();
    text.tieWordEmbeddings = jsonBool(section.json, "tie_word_embeddings", section.where, true);
    requireWholeHeads(text.hiddenSize, text.heads, section.where);
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
    const Json& json = checkpoint.config();
    const std::string file = (checkpoint.folder() / "config.json").string();
    const Section top{json, file};
    top.require("quantization_config", Json::object());
    top.require("is_encoder_decoder", false);
    top.require("pruned_heads", Json::object());
    const Section vision{sectionOf(json, "vision_config", file), "vision_config of " + file};
    const Section text{sectionOf(json, "text_config", file), "text_config of " + file};

    BlipConfig config;
    config.form = formFrom(checkpoint.architecture(), file);
    config.vision = visionFrom(vision);
    config.text = textFrom(text, config.vision.hiddenSize);
    config.imageTextHiddenSize = top.size("image_text_hidden_size", kMaxWidth, config.imageTextHiddenSize);
    checkForm(config, file);
    if (config.form != BlipForm::ImageTextRetrieval) {
        config.generation = generationSettingsFrom(text.json, text.where, config.notes);
        checkUnreadGenerationConfig(json, file, config.notes);
        const std::string generationFile = (checkpoint.folder() / "generation_config.json").string();
        checkUnreadGenerationConfig(checkpoint.generationConfig(), generationFile, config.notes);
        config.generation.endToken = config.text.endToken;
        config.generation.maxPositions = config.text.maxPositions;
    }
    return config;
}

} // namespace heedmap
