#include "core/tokenizer/added_vocabulary.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/tokenizer/unicode_rules.h"

#include <algorithm>

namespace heedmap {

namespace {

/// Code points [begin, end) of a text, and the added token that stands there, if any.
struct Cut
{
    std::size_t begin = 0;
    std::size_t end = 0;
    std::optional<std::int32_t> id;
};

bool standsAlone(const std::u32string& text, std::size_t begin, std::size_t end)
{
    return (begin == 0 || !isWordCharacter(text[begin - 1])) && (end == text.size() || !isWordCharacter(text[end]));
}

} // namespace

AddedVocabulary::AddedVocabulary(std::span<const AddedToken> tokens, const Vocabulary& vocabulary,
                                 std::shared_ptr<const Normalizer> normalizer)
    : m_normalizer(std::move(normalizer))
{
    number(tokens, vocabulary);
    indexPatterns();
}

void AddedVocabulary::number(std::span<const AddedToken> tokens, const Vocabulary& vocabulary)
{
    for (const AddedToken& token : tokens)
        if (token.special && !token.content.empty() && m_specialContents.insert(token.content).second)
            m_patterns.push_back(token);
    auto nextId = static_cast<std::int32_t>(vocabulary.size());
    std::set<AddedToken> seen;
    for (const AddedToken& token : tokens) {
        if (token.content.size() > Vocabulary::kMaxTokenBytes)
            throw Error(ErrorKind::InvalidFile, "an added token has {} bytes, more than {}", token.content.size(),
                        Vocabulary::kMaxTokenBytes);
        if (token.content.empty() || !seen.insert(token).second)
            continue;
        const std::optional<std::int32_t> known =
            m_ids.contains(token.content) ? id(token.content) : vocabulary.id(token.content);
        if (const auto taken = vocabulary.token(nextId); !known && taken)
            throw Error(ErrorKind::InvalidFile,
                        "the added token \"{}\" would get the id {} of \"{}\": the vocabulary has gaps", token.content,
                        nextId, *taken);
        const std::int32_t newId = known ? *known : nextId++;
        m_ids[token.content] = newId;
        m_tokens[newId] = token;
        if (!m_specialContents.contains(token.content))
            m_patterns.push_back(token);
    }
}

void AddedVocabulary::indexPatterns()
{
    std::vector<std::pair<std::string_view, std::int32_t>> plain;
    std::vector<std::pair<std::string_view, std::int32_t>> normalized;
    m_patternTexts.reserve(m_patterns.size()); // the views below must stay valid
    for (const AddedToken& token : m_patterns) {
        NormalizedString form(token.content);
        if (token.normalized && m_normalizer)
            m_normalizer->normalize(form);
        m_patternTexts.push_back(utf8FromUtf32(form.text()));
        (token.normalized ? normalized : plain).emplace_back(m_patternTexts.back(), m_ids.at(token.content));
    }
    m_plainIndex = PrefixIndex(std::move(plain));
    m_normalizedIndex = PrefixIndex(std::move(normalized));
}

void AddedVocabulary::cut(const NormalizedString& text, const PrefixIndex& index, std::vector<TextPart>& parts) const
{
    const auto add = [&](std::size_t begin, std::size_t end, std::optional<std::int32_t> id) {
        if (begin < end)
            parts.push_back({text.slice(begin, end), id});
    };
    const std::string utf8 = utf8FromUtf32(text.text());
    std::size_t done = 0; // code points that are already in a part
    std::string_view rest = utf8;
    for (std::size_t at = 0; at < text.size();) {
        const auto match = index.longest(rest);
        const std::size_t bytes = match ? match->length : byteOffsetOf(rest, 1);
        const std::size_t matchEnd = at + (match ? codePointCount(rest.substr(0, bytes)) : 1);
        const AddedToken* token = match ? &m_tokens.at(match->value) : nullptr;
        // A match that is refused is passed over as a whole: no shorter or later one is looked for inside it. Unlike
        // the reference, a token that both begins with and takes white space is not found again in what it just took.
        const bool again = token && token->rstrip && at < done;
        if (token && !again && (!token->singleWord || standsAlone(text.text(), at, matchEnd))) {
            std::size_t begin = token->lstrip ? std::max(at, done) : at;
            std::size_t end = matchEnd;
            while (token->lstrip && begin > done && isWhitespace(text.text()[begin - 1]))
                --begin;
            while (token->rstrip && end < text.size() && isWhitespace(text.text()[end]))
                ++end;
            add(done, begin, std::nullopt);
            add(begin, end, match->value);
            done = end;
        }
        rest.remove_prefix(bytes);
        at = matchEnd;
    }
    add(done, text.size(), std::nullopt);
}

std::vector<TextPart> AddedVocabulary::split(std::string_view utf8) const
{
    std::vector<TextPart> plainParts;
    cut(NormalizedString(utf8), m_plainIndex, plainParts);
    std::vector<TextPart> parts;
    for (TextPart& part : plainParts) {
        if (part.id) {
            parts.push_back(std::move(part));
            continue;
        }
        if (m_normalizer)
            m_normalizer->normalize(part.text);
        cut(part.text, m_normalizedIndex, parts);
    }
    return parts;
}

std::optional<std::int32_t> AddedVocabulary::id(std::string_view token) const
{
    const auto found = m_ids.find(token);
    return found == m_ids.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> AddedVocabulary::token(std::int32_t id) const
{
    const auto found = m_tokens.find(id);
    return found == m_tokens.end() ? std::nullopt : std::optional(found->second.content);
}

std::size_t AddedVocabulary::countBeyond(const Vocabulary& vocabulary) const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(m_ids, [&](const auto& entry) { return !vocabulary.id(entry.first); }));
}

std::vector<AddedToken> addedTokensFromJson(const Json& list, const std::string& where)
{
    if (!list.is_array())
        throw Error(ErrorKind::InvalidFile, "{} is not a list", where);
    std::vector<AddedToken> tokens;
    for (const Json& entry : list) {
        const std::string place = "entry " + std::to_string(tokens.size()) + " of " + where;
        AddedToken token;
        jsonInteger(entry, "id", place, 0, std::int64_t{Vocabulary::kMaxId});
        token.content = jsonString(entry, "content", place);
        token.singleWord = jsonBool(entry, "single_word", place, false);
        token.lstrip = jsonBool(entry, "lstrip", place, false);
        token.rstrip = jsonBool(entry, "rstrip", place, false);
        token.special = jsonBool(entry, "special", place, false);
        token.normalized = jsonBool(entry, "normalized", place, !token.special);
        tokens.push_back(std::move(token));
    }
    return tokens;
}

} // namespace heedmap
