#include "core/tokenizer/tokenizer_settings.h"

#include "core/base/error.h"
#include "core/base/files.h"

#include <charconv>
#include <map>
#include <set>

namespace heedmap {

namespace {

Json optionalJson(const std::filesystem::path& path)
{
    if (!std::filesystem::exists(path))
        return Json::object();
    Json json = parseJson(readTextFile(path, kMaxTokenizerFileBytes), path.string());
    if (!json.is_object())
        throw Error(ErrorKind::InvalidFile, "{} is not a JSON object", path.string());
    return json;
}

/// A special token is written as a string, or as an object with the members of an added token.
AddedToken specialTokenOf(const Json& json, const char* key, const std::string& where)
{
    AddedToken token{.content = {}, .normalized = false, .special = true};
    if (json.is_string()) {
        token.content = json.get<std::string>();
        return token;
    }
    if (!json.is_object())
        throw Error(ErrorKind::InvalidFile, "\"{}\" in {} is neither a string nor an object", key, where);
    const std::string place = "\"" + std::string(key) + "\" in " + where;
    token.content = jsonString(json, "content", place);
    token.singleWord = jsonBool(json, "single_word", place, false);
    token.lstrip = jsonBool(json, "lstrip", place, false);
    token.rstrip = jsonBool(json, "rstrip", place, false);
    token.normalized = jsonBool(json, "normalized", place, true);
    return token;
}

std::vector<AddedToken> specialTokensOf(const TokenizerSettings& settings, std::span<const SpecialTokenName> names)
{
    std::vector<AddedToken> tokens;
    for (const auto& [key, fallback] : names)
        if (fallback || !settings.at(key).is_null())
            tokens.push_back(settings.named(key, fallback));
    const char* others = "additional_special_tokens";
    const Json& list = settings.at(others);
    if (!list.is_null() && !list.is_array())
        throw Error(ErrorKind::InvalidFile, "\"{}\" in {} is not a list", others, settings.where);
    for (const Json& entry : list)
        tokens.push_back(specialTokenOf(entry, others, settings.where));
    return tokens;
}

std::int32_t idOfKey(const std::string& key, const std::string& where)
{
    std::int32_t id = -1;
    const auto [end, failure] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (failure != std::errc() || end != key.data() + key.size() || id < 0)
        throw Error(ErrorKind::InvalidFile, "\"{}\" in \"added_tokens_decoder\" of {} is not an id", key, where);
    return id;
}

/// Added tokens by id: "added_tokens_decoder" of the config, or the older added_tokens.json.
std::map<std::int64_t, AddedToken> numberedTokens(const TokenizerSettings& settings,
                                                  const std::set<std::string>& special)
{
    std::map<std::int64_t, AddedToken> tokens;
    const Json decoder = settings.config.value("added_tokens_decoder", Json::object());
    if (!decoder.is_object())
        throw Error(ErrorKind::InvalidFile, "\"added_tokens_decoder\" in {} is not an object", settings.where);
    for (const auto& [key, value] : decoder.items()) {
        if (!value.is_object())
            throw Error(ErrorKind::InvalidFile, "\"{}\" in \"added_tokens_decoder\" of {} is not an object", key,
                        settings.where);
        AddedToken token = specialTokenOf(value, "added_tokens_decoder", settings.where);
        token.special = special.contains(token.content) || jsonBool(value, "special", settings.where, false);
        tokens[idOfKey(key, settings.where)] = token;
    }
    for (const auto& [content, id] : settings.addedTokens.items()) {
        const bool isSpecial = special.contains(content);
        tokens[jsonInteger(settings.addedTokens, content.c_str(), "added_tokens.json", 0, Vocabulary::kMaxId)] =
            AddedToken{.content = content, .normalized = !isSpecial, .special = isSpecial};
    }
    return tokens;
}

} // namespace

TokenizerSettings TokenizerSettings::read(const std::filesystem::path& folder)
{
    TokenizerSettings settings;
    settings.where = (folder / "tokenizer_config.json").string();
    settings.config = optionalJson(folder / "tokenizer_config.json");
    // transformers reads the older files only where the newer list of added tokens is missing.
    if (!settings.config.contains("added_tokens_decoder")) {
        settings.specialTokens = optionalJson(folder / "special_tokens_map.json");
        settings.addedTokens = optionalJson(folder / "added_tokens.json");
    }
    return settings;
}

const Json& TokenizerSettings::at(const char* key) const
{
    static const Json none;
    for (const Json* source : {&specialTokens, &config})
        if (const auto found = source->find(key); found != source->end())
            return *found;
    return none;
}

AddedToken TokenizerSettings::named(const char* key, const char* fallback) const
{
    const Json& value = at(key);
    return value.is_null() ? AddedToken{.content = fallback ? fallback : "", .normalized = false, .special = true}
                           : specialTokenOf(value, key, where);
}

std::vector<AddedToken> addedTokensOf(const TokenizerSettings& settings, std::span<const SpecialTokenName> names)
{
    const std::vector<AddedToken> special = specialTokensOf(settings, names);
    std::set<std::string> specialContents;
    for (const AddedToken& token : special)
        specialContents.insert(token.content);
    std::vector<AddedToken> tokens;
    std::set<std::string> seen;
    for (const auto& [id, token] : numberedTokens(settings, specialContents)) {
        tokens.push_back(token);
        seen.insert(token.content);
    }
    for (const AddedToken& token : special)
        if (seen.insert(token.content).second)
            tokens.push_back(token);
    return tokens;
}

} // namespace heedmap
