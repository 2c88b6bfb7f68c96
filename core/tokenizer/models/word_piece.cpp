#include "core/tokenizer/models/word_piece.h"

#include "core/base/utf8.h"

namespace heedmap {

WordPiece::WordPiece(Vocabulary vocabulary, Options options, const std::string& where)
    : m_vocabulary(std::move(vocabulary)), m_options(std::move(options)),
      m_unknownId(heedmap::unknownId(m_vocabulary, m_options.unknownToken, where))
{
    std::vector<std::pair<std::string_view, std::int32_t>> first;
    std::vector<std::pair<std::string_view, std::int32_t>> continuing;
    for (const auto& [token, id] : m_vocabulary.ids()) {
        first.emplace_back(token, id);
        if (token.starts_with(m_options.continuingPrefix))
            continuing.emplace_back(std::string_view(token).substr(m_options.continuingPrefix.size()), id);
    }
    m_firstPieces = PrefixIndex(std::move(first));
    m_continuingPieces = PrefixIndex(std::move(continuing));
}

std::shared_ptr<const TokenModel> WordPiece::make(const Json& json, const std::string& where)
{
    Options options;
    options.unknownToken = jsonString(json, "unk_token", where);
    options.continuingPrefix = jsonString(json, "continuing_subword_prefix", where);
    options.maxCodePointsPerWord =
        static_cast<std::size_t>(jsonInteger(json, "max_input_chars_per_word", where, 0, INT64_MAX));
    Vocabulary vocabulary = Vocabulary::fromJson(jsonMember(json, "vocab", where), "the vocabulary of " + where);
    return std::make_shared<WordPiece>(std::move(vocabulary), std::move(options), where);
}

void WordPiece::tokenize(std::string_view word, std::vector<ModelToken>& tokens) const
{
    const std::size_t wordLength = codePointCount(word);
    const std::size_t firstOfWord = tokens.size();
    const auto makeUnknown = [&] {
        tokens.resize(firstOfWord);
        tokens.push_back({m_unknownId, m_options.unknownToken, 0, wordLength});
    };
    if (wordLength > m_options.maxCodePointsPerWord)
        return makeUnknown();

    std::size_t begin = 0; // code points
    for (std::string_view rest = word; !rest.empty();) {
        const bool first = begin == 0;
        const auto match = (first ? m_firstPieces : m_continuingPieces).longest(rest);
        if (!match)
            return makeUnknown();
        const std::string_view piece = rest.substr(0, match->length);
        const std::size_t end = begin + codePointCount(piece);
        tokens.push_back({match->value, (first ? "" : m_options.continuingPrefix) + std::string(piece), begin, end});
        rest.remove_prefix(match->length);
        begin = end;
    }
}

} // namespace heedmap
