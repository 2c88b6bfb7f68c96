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

} // namespace

TokenizerParts partsFromTokenizerJson(const std::filesystem::path& path)
{
    const std::string where = path.string();
    const Json json = parseJson(readTextFile(path, kMaxFileBytes), where);
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

} // namespace heedmap
