#include "core/models/whisper_config.h"

#include "core/base/error.h"
#include "core/models/config_section.h"

namespace heedmap {

namespace {

WhisperStack stackFrom(const ConfigSection& section, const std::string& side, const std::string& positions,
                       std::int64_t mostPositions)
{
    WhisperStack stack;
    stack.width = section.size("d_model", kMaxModelWidth, stack.width);
    stack.layers = section.size((side + "_layers").c_str(), kMaxModelLayers, stack.layers);
    stack.heads = section.size((side + "_attention_heads").c_str(), kMaxModelWidth, stack.heads);
    stack.intermediateSize = section.size((side + "_ffn_dim").c_str(), kMaxModelWidth, stack.intermediateSize);
    stack.positions = section.size(positions.c_str(), kMaxModelWidth, mostPositions);
    stack.activation = activationFromName(jsonString(section.json, "activation_function", section.where, "gelu"),
                                          "\"activation_function\" in " + section.where);
    if (stack.width % stack.heads != 0)
        throw Error(ErrorKind::InvalidFile,
                    "\"d_model\" {} in {} is not a multiple of \"{}_attention_heads\" {}: heads of equal width are "
                    "needed",
                    stack.width, section.where, side, stack.heads);
    return stack;
}

/// Heads that the decoder does not have would be looked for in vain.
void checkAlignmentHeads(const WhisperConfig& config, const std::string& folder)
{
    for (const auto& [layer, head] : config.generation.alignmentHeads)
        if (layer >= config.decoder.layers || head >= config.decoder.heads)
            throw Error(ErrorKind::InvalidFile,
                        "\"alignment_heads\" in {}/generation_config.json has [{}, {}], but the decoder has {} layers "
                        "of {} heads",
                        folder, layer, head, config.decoder.layers, config.decoder.heads);
}

} // namespace

WhisperConfig WhisperConfig::from(const Checkpoint& checkpoint)
{
    const ConfigSection section = ConfigSection::ofCheckpoint(checkpoint);
    if (checkpoint.architecture() != "WhisperForConditionalGeneration")
        throw Error(ErrorKind::Unsupported,
                    "\"architectures\" names \"{}\" in {}; supported is WhisperForConditionalGeneration",
                    checkpoint.architecture(), section.where);
    section.require("quantization_config", Json::object());
    section.require("is_encoder_decoder", true);
    section.require("pruned_heads", Json::object());
    WhisperConfig config;
    config.melBins = section.size("num_mel_bins", 1024, config.melBins);
    config.vocabularySize = section.size("vocab_size", kMaxVocabulary, config.vocabularySize);
    config.encoder = stackFrom(section, "encoder", "max_source_positions", 1500);
    config.decoder = stackFrom(section, "decoder", "max_target_positions", 448);
    config.tieWordEmbeddings = jsonBool(section.json, "tie_word_embeddings", section.where, true);
    config.medianWidth = static_cast<int>(section.size("median_filter_width", 1001, config.medianWidth));
    if (config.medianWidth % 2 == 0)
        throw Error(ErrorKind::InvalidFile, "\"median_filter_width\" is {} in {}, but must be odd", config.medianWidth,
                    section.where);
    if (jsonBool(section.json, "scale_embedding", section.where, false))
        config.notes.push_back("\"scale_embedding\" is true in " + section.where +
                               ", without effect: the reference does not scale embeddings");
    config.generation =
        WhisperGeneration::from(checkpoint, config.vocabularySize, config.decoder.positions, config.notes);
    checkAlignmentHeads(config, checkpoint.folder().string());
    return config;
}

} // namespace heedmap
