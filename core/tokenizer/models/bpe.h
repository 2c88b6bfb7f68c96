#pragma once

#include "core/tokenizer/token_model.h"

#include <optional>
#include <unordered_map>

namespace heedmap {

/// The largest list of merges in use has a quarter as many.
constexpr std::size_t kMaxMerges = std::size_t{1} << 21;

/// Byte pair encoding (Sennrich et al. 2016): the characters of a word are joined, best-ranked pair first and of equal
/// ones the leftmost, until no pair of the list is left.
class Bpe : public TokenModel
{
public:
    struct Options
    {
        std::string unknownToken;     ///< empty: characters outside the vocabulary leave no token
        std::string continuingPrefix; ///< before every character but a word's first
        std::string endOfWordSuffix;  ///< behind a word's last character
        bool fuseUnknown = false;     ///< neighbouring unknown tokens become one
        bool ignoreMerges = false;    ///< a word that is a token is that token, whatever the list says
    };

    /// `merges`: pairs in the order of their rank. Errors: InvalidFile when a pair or what it makes is not in the
    /// vocabulary.
    Bpe(Vocabulary vocabulary, const std::vector<std::pair<std::string, std::string>>& merges, Options options,
        const std::string& where);
    static std::shared_ptr<const TokenModel> make(const Json& json, const std::string& where);

    void tokenize(std::string_view word, std::vector<ModelToken>& tokens) const override;
    const Vocabulary& vocabulary() const override { return m_vocabulary; }

private:
    struct Merge
    {
        std::size_t rank = 0;
        std::int32_t id = 0;
    };
    /// A part of a word between its neighbours, −1 at the ends.
    struct Symbol
    {
        std::int32_t id = 0;
        std::ptrdiff_t previous = -1;
        std::ptrdiff_t next = -1;
        std::size_t begin = 0; ///< code points
        std::size_t end = 0;   ///< equal to begin: joined into the symbol before it
    };

    std::int32_t idOf(const std::string& token, const std::string& where) const;
    const Merge* mergeOf(std::int32_t first, std::int32_t second) const;
    std::vector<Symbol> symbolsOf(std::string_view word) const;
    void join(std::vector<Symbol>& symbols) const;

    Vocabulary m_vocabulary;
    Options m_options;
    std::optional<std::int32_t> m_unknownId;
    std::unordered_map<std::uint64_t, Merge> m_merges; ///< by the ids of both parts
};

/// A merge as files spell it: "a b", parted by the only space. Errors: InvalidFile.
std::pair<std::string, std::string> mergeFromText(const std::string& text, const std::string& where);

} // namespace heedmap
