#pragma once

#include "core/base/json.h"
#include "core/tokenizer/normalizer.h"
#include "core/tokenizer/vocabulary.h"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// A token that is found in the text itself, before the model sees it. Members as in tokenizer.json.
struct AddedToken
{
    std::string content;
    bool singleWord = false; ///< only where no word character stands next to it
    bool lstrip = false;     ///< takes the white space to its left with it
    bool rstrip = false;     ///< takes the white space to its right with it
    bool normalized = true;  ///< looked for after normalisation, in its own normalised form
    bool special = false;    ///< left out when decoding
    auto operator<=>(const AddedToken&) const = default;
};

/// A part of the text: an added token, or text for the model.
struct TextPart
{
    NormalizedString text; ///< normalised, unless it is a token that was found before normalisation
    std::optional<std::int32_t> id;
};

/// The added tokens of a tokenizer on top of its model's vocabulary. Immutable, thread-safe.
class AddedVocabulary
{
public:
    /// Tokens that the model's vocabulary has keep their id there; the others are numbered after the vocabulary, in
    /// order. `normalizer` may be null. Errors: InvalidFile when a number is taken because the vocabulary has gaps.
    AddedVocabulary(std::span<const AddedToken> tokens, const Vocabulary& vocabulary,
                    std::shared_ptr<const Normalizer> normalizer);

    /// Normalises a text and takes the added tokens out of it; no part is empty.
    std::vector<TextPart> split(std::string_view utf8) const;

    std::optional<std::int32_t> id(std::string_view token) const;
    std::optional<std::string> token(std::int32_t id) const;
    bool isSpecial(const std::string& token) const { return m_specialContents.contains(token); }
    std::size_t countBeyond(const Vocabulary& vocabulary) const; ///< tokens that `vocabulary` lacks

private:
    void number(std::span<const AddedToken> tokens, const Vocabulary& vocabulary);
    void indexPatterns();
    void cut(const NormalizedString& text, const PrefixIndex& index, std::vector<TextPart>& parts) const;

    std::shared_ptr<const Normalizer> m_normalizer;
    std::map<std::string, std::int32_t, std::less<>> m_ids;
    std::map<std::int32_t, AddedToken> m_tokens;
    std::vector<AddedToken> m_patterns; ///< what is looked for: special tokens first, then the others, in file order
    std::set<std::string> m_specialContents;
    std::vector<std::string> m_patternTexts; ///< owns what the indices point to
    PrefixIndex m_plainIndex;
    PrefixIndex m_normalizedIndex;
};

/// The "added_tokens" of tokenizer.json. Their "id" is checked to be an integer but not used: like the reference, the
/// vocabulary decides. Errors: InvalidFile.
std::vector<AddedToken> addedTokensFromJson(const Json& list, const std::string& where);

} // namespace heedmap
