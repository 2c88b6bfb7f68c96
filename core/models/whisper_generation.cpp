#include "core/models/whisper_generation.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/models/config_section.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

/// Whether the member is there and says something.
bool says(const Json& json, const char* key)
{
    const auto found = json.find(key);
    return found != json.end() && !found->is_null();
}

/// Ids outside the vocabulary suppress nothing; published files have −1.
std::vector<std::int32_t> suppressedTokens(const ConfigSection& section, const char* key, std::int64_t vocabularySize)
{
    std::vector<std::int32_t> ids;
    if (!says(section.json, key))
        return ids;
    for (const Json& id : jsonArray(section.json, key, section.where)) {
        if (!id.is_number_integer())
            throw Error(ErrorKind::InvalidFile, "\"{}\" in {} has {}, which is no token id", key, section.where,
                        printable(id.dump()));
        const auto value = id.get<std::int64_t>();
        if (value >= 0 && value < vocabularySize)
            ids.push_back(static_cast<std::int32_t>(value));
    }
    return ids;
}

std::int32_t checkedToken(const Json& id, const std::string& what, const std::string& where,
                          std::int64_t vocabularySize)
{
    if (!id.is_number_integer() || id < 0 || id >= vocabularySize)
        throw Error(ErrorKind::InvalidFile, "{} in {} is {}, but must be one of {} token ids", what, where,
                    printable(id.dump()), vocabularySize);
    return id.get<std::int32_t>();
}

std::map<std::string, std::int32_t> namedTokens(const ConfigSection& section, const char* key,
                                                std::int64_t vocabularySize)
{
    std::map<std::string, std::int32_t> tokens;
    if (says(section.json, key))
        for (const auto& [name, id] : jsonObject(section.json, key, section.where).items())
            tokens[name] =
                checkedToken(id, "\"" + printable(name) + "\" of \"" + key + "\"", section.where, vocabularySize);
    return tokens;
}

/// [[1, null], [2, 50359]]: positions from 1 on without a gap; anything else forces nothing or is refused, as in the
/// reference.
std::vector<std::optional<std::int32_t>> forcedTokens(const ConfigSection& section, std::int64_t vocabularySize)
{
    std::vector<std::optional<std::int32_t>> forced;
    const char* key = "forced_decoder_ids";
    if (!says(section.json, key))
        return forced;
    for (const Json& entry : jsonArray(section.json, key, section.where)) {
        if (!entry.is_array() || entry.size() != 2 || entry[0] != forced.size() + 1)
            throw Error(ErrorKind::Unsupported,
                        "\"{}\" in {} has {} in place {}; pairs of a position and a token, from position 1 on, are "
                        "supported",
                        key, section.where, printable(entry.dump()), forced.size() + 1);
        forced.push_back(entry[1].is_null() ? std::nullopt
                                            : std::optional(checkedToken(entry[1], "\"forced_decoder_ids\"",
                                                                         section.where, vocabularySize)));
    }
    return forced;
}

std::vector<std::pair<int, int>> alignmentHeads(const ConfigSection& section)
{
    std::vector<std::pair<int, int>> heads;
    if (!says(section.json, "alignment_heads"))
        return heads;
    for (const Json& entry : jsonArray(section.json, "alignment_heads", section.where)) {
        const bool pair = entry.is_array() && entry.size() == 2 && entry[0].is_number_integer() &&
                          entry[1].is_number_integer() && entry[0] >= 0 && entry[1] >= 0 &&
                          entry[0] < kMaxModelLayers && entry[1] < kMaxModelWidth;
        if (!pair)
            throw Error(ErrorKind::InvalidFile, "\"alignment_heads\" in {} has {}, not [layer, head]", section.where,
                        printable(entry.dump()));
        heads.emplace_back(entry[0].get<int>(), entry[1].get<int>());
    }
    return heads;
}

/// `eos_token_id`, a number or a list of one.
std::int32_t endToken(const ConfigSection& section, std::int64_t vocabularySize)
{
    const Json& id = jsonMember(section.json, "eos_token_id", section.where);
    const bool list = id.is_array() && id.size() == 1;
    return checkedToken(list ? id[0] : id, "\"eos_token_id\"", section.where, vocabularySize);
}

void readBeams(const ConfigSection& section, GenerationSettings& search)
{
    search.beams = jsonInteger(section.json, "num_beams", section.where, 1, kMostBeams, 1);
    search.lengthPenalty = jsonNumber(section.json, "length_penalty", section.where, 1.0);
    if (!std::isfinite(search.lengthPenalty))
        throw Error(ErrorKind::InvalidFile, "\"length_penalty\" in {} is not a number", section.where);
    const Json early = says(section.json, "early_stopping") ? section.json["early_stopping"] : Json(false);
    if (early != true && early != false && early != "never")
        throw Error(ErrorKind::InvalidFile, "\"early_stopping\" in {} is {}, not true, false or \"never\"",
                    section.where, printable(early.dump()));
    search.earlyStopping = early == "never" ? EarlyStopping::Never
                           : early == true  ? EarlyStopping::AtOnce
                                            : EarlyStopping::Estimate;
}

/// Rules of the reference from window to window, or between temperatures, that this program does not follow: refused
/// where the text could be another one, else noted.
void checkWindowRules(const ConfigSection& section, std::vector<std::string>& notes)
{
    struct Rule
    {
        const char* name;
        Json neutral;
        const char* instead;
    };
    const Rule rules[] = {
        {"no_speech_threshold", nullptr, "no window is left out for having no speech in it"},
        {"condition_on_prev_tokens", false, "every window is heard without the text of the one before"},
    };
    for (const auto& [name, neutral, instead] : rules)
        if (says(section.json, name) && section.json[name] != neutral)
            throw Error(ErrorKind::Unsupported, "\"{}\" is {} in {}: {} here; set it to {} or remove it", name,
                        section.json[name].dump(), section.where, instead, neutral.dump());
    for (const char* name : {"logprob_threshold", "compression_ratio_threshold"})
        if (says(section.json, name))
            notes.push_back(fmt::format("\"{}\" is {} in {}, without effect: a text is written at temperature 0, and "
                                        "there is no other one to fall back to",
                                        name, section.json[name].dump(), section.where));
}

/// The fields every architecture shares. What is Whisper's own has been read already and is no search of another kind.
GenerationSettings searchFrom(const ConfigSection& section, std::vector<std::string>& notes)
{
    checkWindowRules(section, notes);
    Json shared = section.json;
    for (const char* own :
         {"suppress_tokens", "begin_suppress_tokens", "num_beams", "length_penalty", "early_stopping"})
        shared.erase(own);
    GenerationSettings search = generationSettingsFrom(shared, section.where, notes);
    readBeams(section, search);
    return search;
}

/// config.json with the values `WhisperConfig` takes for what is missing.
Json withDefaults(Json config)
{
    const Json defaults = {
        {"decoder_start_token_id", 50257}, {"eos_token_id", 50256}, {"begin_suppress_tokens", {220, 50256}}};
    for (const auto& [key, value] : defaults.items())
        if (!config.contains(key))
            config[key] = value;
    return config;
}

std::string optionalString(const ConfigSection& section, const char* key)
{
    return says(section.json, key) ? jsonString(section.json, key, section.where) : std::string();
}

} // namespace

WhisperGeneration WhisperGeneration::from(const Checkpoint& checkpoint, std::int64_t vocabularySize,
                                          std::int64_t maxPositions, std::vector<std::string>& notes)
{
    const bool own = checkpoint.generationConfig().is_object();
    const Json config = withDefaults(checkpoint.config());
    const std::string folder = checkpoint.folder().string();
    const ConfigSection fallback{config, folder + "/config.json"};
    const ConfigSection section =
        own ? ConfigSection{checkpoint.generationConfig(), folder + "/generation_config.json"} : fallback;

    WhisperGeneration generation;
    generation.search = searchFrom(section, notes);
    generation.search.endToken = endToken(section, vocabularySize);
    generation.search.maxPositions = maxPositions;
    const ConfigSection& start = says(section.json, "decoder_start_token_id") ? section : fallback;
    generation.startToken = start.token("decoder_start_token_id", vocabularySize, 0);
    generation.forced = forcedTokens(says(section.json, "forced_decoder_ids") ? section : fallback, vocabularySize);
    generation.languages = namedTokens(section, "lang_to_id", vocabularySize);
    generation.tasks = namedTokens(section, "task_to_id", vocabularySize);
    generation.multilingual = jsonBool(section.json, "is_multilingual", section.where, true);
    generation.language = optionalString(section, "language");
    generation.task = optionalString(section, "task");
    if (says(section.json, "no_timestamps_token_id"))
        generation.noTimestamps = section.token("no_timestamps_token_id", vocabularySize, 0);
    generation.timestamps = jsonBool(section.json, "return_timestamps", section.where, false);
    if (says(section.json, "max_initial_timestamp_index"))
        generation.maxInitialTimestamp =
            jsonInteger(section.json, "max_initial_timestamp_index", section.where, 0, kMaxVocabulary);
    generation.suppressed = suppressedTokens(section, "suppress_tokens", vocabularySize);
    generation.suppressedAtBegin = suppressedTokens(section, "begin_suppress_tokens", vocabularySize);
    generation.alignmentHeads = heedmap::alignmentHeads(section);
    return generation;
}

} // namespace heedmap
