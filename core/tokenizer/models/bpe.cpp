#include "core/tokenizer/models/bpe.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <queue>

namespace heedmap {

namespace {

std::uint64_t pairKey(std::int32_t first, std::int32_t second)
{
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(first)) << 32 | static_cast<std::uint32_t>(second);
}

std::string optionalString(const Json& json, const char* key, const std::string& where)
{
    return json.contains(key) && !json[key].is_null() ? jsonString(json, key, where) : std::string();
}

std::vector<std::pair<std::string, std::string>> mergesFromJson(const Json& list, const std::string& where)
{
    if (list.size() > kMaxMerges)
        throw Error(ErrorKind::TooLarge, "{} has {} merges, more than {}", where, list.size(), kMaxMerges);
    std::vector<std::pair<std::string, std::string>> merges;
    for (const Json& merge : list) {
        if (merge.is_string())
            merges.push_back(mergeFromText(merge.get<std::string>(), where));
        else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string())
            merges.emplace_back(merge[0].get<std::string>(), merge[1].get<std::string>());
        else
            throw Error(ErrorKind::InvalidFile, "merge {} of {} is no pair of tokens", merges.size(), where);
    }
    return merges;
}

} // namespace

std::pair<std::string, std::string> mergeFromText(const std::string& text, const std::string& where)
{
    const std::size_t space = text.find(' ');
    if (space == std::string::npos || space == 0 || space + 1 == text.size() || text.find(' ', space + 1) != text.npos)
        throw Error(ErrorKind::InvalidFile, "the merge \"{}\" of {} is no pair of tokens", printable(text), where);
    return {text.substr(0, space), text.substr(space + 1)};
}

Bpe::Bpe(Vocabulary vocabulary, const std::vector<std::pair<std::string, std::string>>& merges, Options options,
         const std::string& where)
    : m_vocabulary(std::move(vocabulary)), m_options(std::move(options))
{
    if (!m_options.unknownToken.empty())
        m_unknownId = unknownId(m_vocabulary, m_options.unknownToken, where);
    for (std::size_t rank = 0; rank < merges.size(); ++rank) {
        const auto& [first, second] = merges[rank];
        if (second.size() < m_options.continuingPrefix.size())
            throw Error(ErrorKind::InvalidFile, "the merge of \"{}\" and \"{}\" in {} lacks the prefix \"{}\"",
                        printable(first), printable(second), where, printable(m_options.continuingPrefix));
        const std::string joined = first + second.substr(m_options.continuingPrefix.size());
        // Of a pair that stands twice the last one counts, as in the reference.
        m_merges[pairKey(idOf(first, where), idOf(second, where))] = {rank, idOf(joined, where)};
    }
}

std::shared_ptr<const TokenModel> Bpe::make(const Json& json, const std::string& where)
{
    Options options;
    options.unknownToken = optionalString(json, "unk_token", where);
    options.continuingPrefix = optionalString(json, "continuing_subword_prefix", where);
    options.endOfWordSuffix = optionalString(json, "end_of_word_suffix", where);
    options.fuseUnknown = jsonBool(json, "fuse_unk", where, false);
    options.ignoreMerges = jsonBool(json, "ignore_merges", where, false);
    if (jsonBool(json, "byte_fallback", where, false))
        throw Error(ErrorKind::Unsupported, "{} asks for \"byte_fallback\", which is not supported", where);
    if (json.contains("dropout") && json["dropout"].is_number() && json["dropout"] != 0)
        throw Error(ErrorKind::Unsupported, "{} asks for \"dropout\", which would make every reading another", where);
    Vocabulary vocabulary = Vocabulary::fromJson(jsonMember(json, "vocab", where), "the vocabulary of " + where);
    return std::make_shared<Bpe>(std::move(vocabulary), mergesFromJson(jsonArray(json, "merges", where), where),
                                 std::move(options), where);
}

std::int32_t Bpe::idOf(const std::string& token, const std::string& where) const
{
    const std::optional<std::int32_t> id = m_vocabulary.id(token);
    if (!id)
        throw Error(ErrorKind::InvalidFile, "the merges of {} speak of \"{}\", which is not in its vocabulary", where,
                    printable(token));
    return *id;
}

const Bpe::Merge* Bpe::mergeOf(std::int32_t first, std::int32_t second) const
{
    const auto found = m_merges.find(pairKey(first, second));
    return found == m_merges.end() ? nullptr : &found->second;
}

std::vector<Bpe::Symbol> Bpe::symbolsOf(std::string_view word) const
{
    std::vector<Symbol> symbols;
    const std::size_t count = codePointCount(word);
    bool afterUnknown = false;
    std::size_t byte = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t length = byteOffsetOf(word.substr(byte), 1);
        std::string character(word.substr(byte, length));
        byte += length;
        if (i > 0)
            character.insert(0, m_options.continuingPrefix);
        if (i + 1 == count)
            character += m_options.endOfWordSuffix;
        const std::optional<std::int32_t> known = m_vocabulary.id(character);
        if (!known && !m_unknownId)
            continue;
        if (!known && afterUnknown && m_options.fuseUnknown)
            symbols.back().end = i + 1;
        else
            symbols.push_back({known.value_or(m_unknownId.value_or(0)), -1, -1, i, i + 1});
        afterUnknown = !known;
    }
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        symbols[i].previous = static_cast<std::ptrdiff_t>(i) - 1;
        symbols[i].next = i + 1 < symbols.size() ? static_cast<std::ptrdiff_t>(i) + 1 : -1;
    }
    return symbols;
}

void Bpe::join(std::vector<Symbol>& symbols) const
{
    struct Candidate
    {
        std::size_t rank;
        std::size_t position;
        std::int32_t id;
        bool operator>(const Candidate& other) const
        {
            return std::pair(rank, position) > std::pair(other.rank, other.position);
        }
    };
    std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> candidates;
    const auto offer = [&](std::ptrdiff_t position) {
        if (position < 0 || symbols[static_cast<std::size_t>(position)].next < 0)
            return;
        const Symbol& first = symbols[static_cast<std::size_t>(position)];
        if (const Merge* merge = mergeOf(first.id, symbols[static_cast<std::size_t>(first.next)].id))
            candidates.push({merge->rank, static_cast<std::size_t>(position), merge->id});
    };
    for (std::size_t i = 0; i < symbols.size(); ++i)
        offer(static_cast<std::ptrdiff_t>(i));
    while (!candidates.empty()) {
        const Candidate best = candidates.top();
        candidates.pop();
        Symbol& first = symbols[best.position];
        if (first.begin == first.end || first.next < 0)
            continue;
        Symbol& second = symbols[static_cast<std::size_t>(first.next)];
        const Merge* merge = mergeOf(first.id, second.id);
        if (!merge || merge->id != best.id) // another pair took one of the two since
            continue;
        first.id = best.id;
        first.end = second.end;
        first.next = second.next;
        second.begin = second.end;
        if (first.next >= 0)
            symbols[static_cast<std::size_t>(first.next)].previous = static_cast<std::ptrdiff_t>(best.position);
        offer(first.previous);
        offer(static_cast<std::ptrdiff_t>(best.position));
    }
}

void Bpe::tokenize(std::string_view word, std::vector<ModelToken>& tokens) const
{
    if (m_options.ignoreMerges)
        if (const std::optional<std::int32_t> id = m_vocabulary.id(word)) {
            tokens.push_back({*id, std::string(word), 0, codePointCount(word)});
            return;
        }
    std::vector<Symbol> symbols = symbolsOf(word);
    join(symbols);
    for (const Symbol& symbol : symbols)
        if (symbol.begin < symbol.end)
            tokens.push_back({symbol.id, m_vocabulary.token(symbol.id).value_or(""), symbol.begin, symbol.end});
}

} // namespace heedmap
