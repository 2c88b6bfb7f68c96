#include "core/base/error.h"
#include "core/base/files.h"
#include "core/tokenizer/stage_types.h"
#include "core/tokenizer/tokenizer_files.h"

namespace heedmap {

namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20;
constexpr std::int64_t kMaxTruncation = std::int64_t{1} << 40; ///< the file may state any "no limit"

std::optional<Truncation> truncationOf(const Json& json, const std::string& where)
{
    if (json.is_null())
        return std::nullopt;
    Truncation truncation;
    truncation.maxLength = static_cast<std::size_t>(jsonInteger(json, "max_length", where, 0, kMaxTruncation));
    const std::string direction = jsonString(json, "direction", where, "Right");
    if (direction != "Right" && direction != "Left")
        throw Error(ErrorKind::InvalidFile, "the direction in {} is \"{}\", neither Right nor Left", where, direction);
    truncation.fromLeft = direction == "Left";
    const std::string strategy = jsonString(json, "strategy", where, "LongestFirst");
    // For a single text the other two are the same.
    if (strategy != "LongestFirst" && strategy != "OnlyFirst")
        throw Error(ErrorKind::Unsupported, "{} has the strategy \"{}\"; supported: LongestFirst, OnlyFirst", where,
                    strategy);
    return truncation;
}

void checkVersion(const Json& json, const std::string& where)
{
    const std::string version = jsonString(json, "version", where, "1.0");
    if (version != "1.0")
        throw Error(ErrorKind::Unsupported, "{} has the version \"{}\"; only 1.0 is known", where, version);
}

/// transformers lets tokenizer_config.json, or its silence, overrule the prefix space of a ByteLevel stage.
void applyPrefixSpace(Json& json, const Json& config, const std::string& where)
{
    const auto found = json.find("pre_tokenizer");
    if (found != json.end() && found->is_object() && jsonString(*found, "type", where, "") == "ByteLevel")
        (*found)["add_prefix_space"] = jsonBool(config, "add_prefix_space", where, false);
}

/// transformers' BertTokenizerFast lets tokenizer_config.json overrule the flags of a BertNormalizer, defaults
/// included, and people write that file by hand; so a model has the tokens that it was used with there.
void applyBertFlags(Json& json, const Json& config, const std::string& where)
{
    if (!json.contains("normalizer") || !json["normalizer"].is_object())
        return;
    const std::string tokenizerClass = jsonString(config, "tokenizer_class", where, "");
    Json& normalizer = json["normalizer"];
    const bool isBert = tokenizerClass == "BertTokenizer" || tokenizerClass == "BertTokenizerFast";
    if (!isBert || jsonString(normalizer, "type", where, "") != "BertNormalizer")
        return;
    normalizer["lowercase"] = jsonBool(config, "do_lower_case", where, true);
    normalizer["handle_chinese_chars"] = jsonBool(config, "tokenize_chinese_chars", where, true);
    normalizer["strip_accents"] =
        jsonBool(config, "strip_accents", where, jsonBool(normalizer, "lowercase", where, true));
}

void applyConfig(Json& json, const std::filesystem::path& path)
{
    if (!std::filesystem::exists(path) || !json.is_object())
        return;
    const Json config = parseJson(readTextFile(path, kMaxFileBytes), path.string());
    applyBertFlags(json, config, path.string());
    applyPrefixSpace(json, config, path.string());
}

} // namespace

TokenizerParts partsFromTokenizerJson(const Json& json, const std::string& where)
{
    if (!json.is_object())
        throw Error(ErrorKind::InvalidFile, "{} is not a JSON object", where);
    checkVersion(json, where);
    TokenizerParts parts;
    parts.normalizer = makeOptionalStage(json, "normalizer", where, &makeNormalizer);
    parts.preTokenizer = makeOptionalStage(json, "pre_tokenizer", where, &makePreTokenizer);
    parts.model = makeTokenModel(jsonMember(json, "model", where), "\"model\" in " + where);
    parts.postProcessor = makeOptionalStage(json, "post_processor", where, &makePostProcessor);
    parts.decoder = makeOptionalStage(json, "decoder", where, &makeDecoder);
    if (json.contains("added_tokens"))
        parts.addedTokens = addedTokensFromJson(json["added_tokens"], "\"added_tokens\" in " + where);
    if (json.contains("truncation"))
        parts.truncation = truncationOf(json["truncation"], "\"truncation\" in " + where);
    return parts;
}

TokenizerParts readTokenizerJson(const std::filesystem::path& path)
{
    Json json = parseJson(readTextFile(path, kMaxFileBytes), path.string());
    applyConfig(json, path.parent_path() / "tokenizer_config.json");
    return partsFromTokenizerJson(json, path.string());
}

} // namespace heedmap
