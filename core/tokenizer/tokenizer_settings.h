#pragma once

#include "core/tokenizer/added_vocabulary.h"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace heedmap {

/// tokenizer_config.json with what the two older files beside it add, as `transformers` reads folders without a
/// tokenizer.json. A file that is missing says nothing.
struct TokenizerSettings
{
    Json config = Json::object();
    Json specialTokens = Json::object(); ///< special_tokens_map.json, which wins over the config
    Json addedTokens = Json::object();   ///< added_tokens.json: token → id
    std::string where;

    /// Errors: InvalidFile, TooLarge.
    static TokenizerSettings read(const std::filesystem::path& folder);

    const Json& at(const char* key) const;
    /// The special token of that name ("cls_token"), or `fallback`. Errors: InvalidFile.
    AddedToken named(const char* key, const char* fallback) const;
};

constexpr std::size_t kMaxTokenizerFileBytes = std::size_t{64} << 20;

/// A special token's name in the settings and what it is where they are silent; null: there is none.
using SpecialTokenName = std::pair<const char*, const char*>;

/// The added tokens of a folder, special ones included: those that have a number in its order, then the others.
/// `names`: the special tokens of the tokenizer's class, in its order. Errors: InvalidFile.
std::vector<AddedToken> addedTokensOf(const TokenizerSettings& settings, std::span<const SpecialTokenName> names);

} // namespace heedmap
