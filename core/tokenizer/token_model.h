#pragma once

#include "core/base/json.h"
#include "core/tokenizer/vocabulary.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace heedmap {

/// A token of one word. `begin` and `end` count code points of the word.
struct ModelToken
{
    std::int32_t id = 0;
    std::string text; ///< as the vocabulary spells it
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Third stage: turns a word into tokens of its vocabulary. Immutable, thread-safe.
class TokenModel
{
public:
    virtual ~TokenModel() = default;
    /// Appends the tokens of `word` (valid UTF-8, not empty).
    virtual void tokenize(std::string_view word, std::vector<ModelToken>& tokens) const = 0;
    virtual const Vocabulary& vocabulary() const = 0;
};

/// Errors: InvalidFile, Unsupported. The list of types is in token_model.cpp.
std::shared_ptr<const TokenModel> makeTokenModel(const Json& json, const std::string& where);

/// The id of the model's unknown token. Errors: InvalidFile when the vocabulary lacks it.
std::int32_t unknownId(const Vocabulary& vocabulary, const std::string& unknownToken, const std::string& where);

} // namespace heedmap
