#include "core/base/error.h"
#include "core/runtime/generation.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace heedmap {

namespace {

constexpr std::int64_t kDefaultMaxLength = 20;
constexpr std::int64_t kMaxTokens = 1 << 20;

struct NeutralField
{
    const char* name;
    Json neutral; ///< the value, beside null, that changes nothing
};

/// Fields that change a greedy search in a way we do not do.
const std::vector<NeutralField>& searchFields()
{
    static const std::vector<NeutralField> fields = {
        {"do_sample", false},
        {"num_beams", 1},
        {"num_beam_groups", 1},
        {"num_return_sequences", 1},
        {"diversity_penalty", 0.0},
        {"penalty_alpha", nullptr},
        {"dola_layers", nullptr},
        {"guidance_scale", 1.0},
        {"sequence_bias", nullptr},
        {"encoder_repetition_penalty", 1.0},
        {"encoder_no_repeat_ngram_size", 0},
        {"bad_words_ids", nullptr},
        {"force_words_ids", nullptr},
        {"constraints", nullptr},
        {"forced_bos_token_id", nullptr},
        {"forced_eos_token_id", nullptr},
        {"remove_invalid_values", false},
        {"exponential_decay_length_penalty", nullptr},
        {"suppress_tokens", nullptr},
        {"begin_suppress_tokens", nullptr},
        {"watermarking_config", nullptr},
        {"prompt_lookup_num_tokens", nullptr},
        {"max_time", nullptr},
        {"stop_strings", nullptr},
        {"token_healing", false},
    };
    return fields;
}

/// Fields that speak to sampling or beams only; a greedy search does not look at them.
const std::vector<NeutralField>& idleFields()
{
    static const std::vector<NeutralField> fields = {
        {"temperature", 1.0},
        {"top_k", 50},
        {"top_p", 1.0},
        {"min_p", nullptr},
        {"typical_p", 1.0},
        {"epsilon_cutoff", 0.0},
        {"eta_cutoff", 0.0},
        {"length_penalty", 1.0},
        {"early_stopping", false},
        {"renormalize_logits", false},
    };
    return fields;
}

const std::vector<NeutralField>& honouredFields()
{
    static const std::vector<NeutralField> fields = {
        {"max_length", kDefaultMaxLength}, {"max_new_tokens", nullptr}, {"min_length", 0},
        {"min_new_tokens", nullptr},       {"repetition_penalty", 1.0}, {"no_repeat_ngram_size", 0},
    };
    return fields;
}

/// The field's value when it is set to something that matters, else null.
const Json* valueBesideNeutral(const Json& config, const NeutralField& field)
{
    const auto found = config.find(field.name);
    return found == config.end() || found->is_null() || *found == field.neutral ? nullptr : &*found;
}

void refuseOtherSearches(const Json& config, const std::string& where)
{
    for (const NeutralField& field : searchFields())
        if (const Json* value = valueBesideNeutral(config, field))
            throw Error(ErrorKind::Unsupported,
                        "\"{}\" is {} in {}: only greedy search is supported; set it to {} or remove it", field.name,
                        value->dump(), where, field.neutral.dump());
}

void noteFields(const Json& config, const std::vector<NeutralField>& fields, const std::string& where,
                const std::string& reason, std::vector<std::string>& notes)
{
    for (const NeutralField& field : fields)
        if (const Json* value = valueBesideNeutral(config, field))
            notes.push_back(
                fmt::format("\"{}\" is {} in {}, without effect: {}", field.name, value->dump(), where, reason));
}

std::optional<std::int64_t> optionalCount(const Json& config, const char* key, const std::string& where,
                                          std::int64_t low)
{
    const auto found = config.find(key);
    if (found == config.end() || found->is_null())
        return std::nullopt;
    return jsonInteger(config, key, where, low, kMaxTokens);
}

} // namespace

std::int64_t GenerationSettings::lengthLimit(std::int64_t promptLength) const
{
    std::int64_t limit = maxLength;
    if (maxNewTokens)
        limit = promptLength + *maxNewTokens;
    else if (maxLength == kDefaultMaxLength)
        limit = promptLength + maxLength;
    return std::min(limit, maxPositions);
}

std::int64_t GenerationSettings::leastLength(std::int64_t promptLength) const
{
    return minNewTokens ? promptLength + *minNewTokens : minLength;
}

GenerationSettings generationSettingsFrom(const Json& config, const std::string& where, std::vector<std::string>& notes)
{
    refuseOtherSearches(config, where);
    noteFields(config, idleFields(), where, "the search is greedy", notes);
    GenerationSettings settings;
    settings.maxLength = jsonInteger(config, "max_length", where, 1, kMaxTokens, kDefaultMaxLength);
    settings.maxNewTokens = optionalCount(config, "max_new_tokens", where, 1);
    settings.minLength = jsonInteger(config, "min_length", where, 0, kMaxTokens, 0);
    settings.minNewTokens = optionalCount(config, "min_new_tokens", where, 0);
    settings.noRepeatNgramSize = jsonInteger(config, "no_repeat_ngram_size", where, 0, kMaxTokens, 0);
    settings.repetitionPenalty = jsonNumber(config, "repetition_penalty", where, 1.0);
    if (!(settings.repetitionPenalty > 0) || !std::isfinite(settings.repetitionPenalty))
        throw Error(ErrorKind::InvalidFile, "\"repetition_penalty\" in {} is {}, but must be a positive number", where,
                    settings.repetitionPenalty);
    return settings;
}

void checkUnreadGenerationConfig(const Json& config, const std::string& where, std::vector<std::string>& notes)
{
    if (!config.is_object())
        return;
    refuseOtherSearches(config, where);
    const std::string reason = "this architecture's decoder takes its settings from text_config in config.json";
    noteFields(config, honouredFields(), where, reason, notes);
    noteFields(config, idleFields(), where, "the search is greedy", notes);
}

} // namespace heedmap
