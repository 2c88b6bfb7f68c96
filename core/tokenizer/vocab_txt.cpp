#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/utf8.h"
#include "core/tokenizer/decoders/word_piece_decoder.h"
#include "core/tokenizer/models/word_piece.h"
#include "core/tokenizer/normalizers/bert_normalizer.h"
#include "core/tokenizer/post_processors/template_processing.h"
#include "core/tokenizer/pre_tokenizers/bert_pre_tokenizer.h"
#include "core/tokenizer/tokenizer_files.h"

#include <charconv>
#include <map>
#include <set>

namespace heedmap {

namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20;

/// tokenizer_config.json with what the two older files beside it add. A file that is missing says nothing.
struct Settings
{
    Json config = Json::object();
    Json specialTokens = Json::object(); ///< special_tokens_map.json, which wins over the config
    Json addedTokens = Json::object();   ///< added_tokens.json: token → id
    std::string where;

    const Json& at(const char* key) const
    {
        static const Json none;
        for (const Json* source : {&specialTokens, &config})
            if (const auto found = source->find(key); found != source->end())
                return *found;
        return none;
    }
};

Json optionalJson(const std::filesystem::path& path)
{
    if (!std::filesystem::exists(path))
        return Json::object();
    Json json = parseJson(readTextFile(path, kMaxFileBytes), path.string());
    if (!json.is_object())
        throw Error(ErrorKind::InvalidFile, "{} is not a JSON object", path.string());
    return json;
}

Settings readSettings(const std::filesystem::path& folder)
{
    Settings settings;
    settings.where = (folder / "tokenizer_config.json").string();
    settings.config = optionalJson(folder / "tokenizer_config.json");
    // transformers reads the older files only where the newer list of added tokens is missing.
    if (!settings.config.contains("added_tokens_decoder")) {
        settings.specialTokens = optionalJson(folder / "special_tokens_map.json");
        settings.addedTokens = optionalJson(folder / "added_tokens.json");
    }
    return settings;
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

AddedToken namedToken(const Settings& settings, const char* key, const char* fallback)
{
    const Json& value = settings.at(key);
    return value.is_null() ? AddedToken{.content = fallback, .normalized = false, .special = true}
                           : specialTokenOf(value, key, settings.where);
}

std::vector<AddedToken> specialTokens(const Settings& settings)
{
    std::vector<AddedToken> tokens;
    for (const char* key : {"bos_token", "eos_token"})
        if (!settings.at(key).is_null())
            tokens.push_back(specialTokenOf(settings.at(key), key, settings.where));
    for (const auto& [key, fallback] : {std::pair{"unk_token", "[UNK]"},
                                        {"sep_token", "[SEP]"},
                                        {"pad_token", "[PAD]"},
                                        {"cls_token", "[CLS]"},
                                        {"mask_token", "[MASK]"}})
        tokens.push_back(namedToken(settings, key, fallback));
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
std::map<std::int64_t, AddedToken> numberedTokens(const Settings& settings, const std::set<std::string>& special)
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

std::vector<AddedToken> addedTokens(const Settings& settings)
{
    const std::vector<AddedToken> special = specialTokens(settings);
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

TemplateProcessing::Piece templatePiece(const Vocabulary& vocabulary, const std::string& token,
                                        const std::string& where)
{
    const std::optional<std::int32_t> id = vocabulary.id(token);
    if (!id)
        throw Error(ErrorKind::InvalidFile, "{} lacks the token \"{}\" that stands around every text", where, token);
    return TemplateProcessing::SpecialToken{{*id}, {token}};
}

std::shared_ptr<const Normalizer> normalizerOf(const Settings& settings)
{
    BertNormalizer::Options options;
    options.lowercase = jsonBool(settings.config, "do_lower_case", settings.where, true);
    options.handleChineseChars = jsonBool(settings.config, "tokenize_chinese_chars", settings.where, true);
    options.stripAccents = jsonBool(settings.config, "strip_accents", settings.where, options.lowercase);
    return std::make_shared<BertNormalizer>(options);
}

} // namespace

TokenizerParts readVocabTxt(const std::filesystem::path& folder)
{
    const std::string where = (folder / "vocab.txt").string();
    const std::string text = readTextFile(folder / "vocab.txt", kMaxFileBytes);
    if (!isValidUtf8(text))
        throw Error(ErrorKind::InvalidFile, "{} is not valid UTF-8", where);
    const Settings settings = readSettings(folder);
    Vocabulary vocabulary = Vocabulary::fromLines(text, where);
    const std::string cls = namedToken(settings, "cls_token", "[CLS]").content;
    const std::string sep = namedToken(settings, "sep_token", "[SEP]").content;

    TokenizerParts parts;
    parts.normalizer = normalizerOf(settings);
    parts.preTokenizer = std::make_shared<BertPreTokenizer>();
    parts.postProcessor = std::make_shared<TemplateProcessing>(std::vector<TemplateProcessing::Piece>{
        templatePiece(vocabulary, cls, where), std::nullopt, templatePiece(vocabulary, sep, where)});
    parts.decoder = std::make_shared<WordPieceDecoder>("##", true);
    parts.addedTokens = addedTokens(settings);
    WordPiece::Options options;
    options.unknownToken = namedToken(settings, "unk_token", "[UNK]").content;
    parts.model = std::make_shared<WordPiece>(std::move(vocabulary), std::move(options), where);
    return parts;
}

} // namespace heedmap
