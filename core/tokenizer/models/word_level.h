#pragma once

#include "core/tokenizer/token_model.h"

namespace heedmap {

/// A word is one token, or the unknown token.
class WordLevel : public TokenModel
{
public:
    /// Errors: InvalidFile when the vocabulary lacks the unknown token.
    WordLevel(Vocabulary vocabulary, std::string unknownToken, const std::string& where);
    static std::shared_ptr<const TokenModel> make(const Json& json, const std::string& where);
    void tokenize(std::string_view word, std::vector<ModelToken>& tokens) const override;
    const Vocabulary& vocabulary() const override { return m_vocabulary; }

private:
    Vocabulary m_vocabulary;
    std::string m_unknownToken;
    std::int32_t m_unknownId;
};

} // namespace heedmap
