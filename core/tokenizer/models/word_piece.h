#pragma once

#include "core/tokenizer/token_model.h"

namespace heedmap {

/// Greedy longest match from the left (Wu et al. 2016). A word with any part that no piece matches is one unknown
/// token.
class WordPiece : public TokenModel
{
public:
    struct Options
    {
        std::string unknownToken = "[UNK]";
        std::string continuingPrefix = "##";    ///< marks the pieces that go on a word
        std::size_t maxCodePointsPerWord = 100; ///< a longer word is one unknown token
    };

    /// `where` names the source in messages. Errors: InvalidFile when the vocabulary lacks the unknown token.
    WordPiece(Vocabulary vocabulary, Options options, const std::string& where);
    static std::shared_ptr<const TokenModel> make(const Json& json, const std::string& where);

    WordPiece(const WordPiece&) = delete;
    WordPiece& operator=(const WordPiece&) = delete;

    void tokenize(std::string_view word, std::vector<ModelToken>& tokens) const override;
    const Vocabulary& vocabulary() const override { return m_vocabulary; }

private:
    Vocabulary m_vocabulary;
    Options m_options;
    std::int32_t m_unknownId;
    PrefixIndex m_firstPieces;      ///< points into m_vocabulary
    PrefixIndex m_continuingPieces; ///< without the prefix; points into m_vocabulary
};

} // namespace heedmap
