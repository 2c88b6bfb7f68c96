#include "core/tokenizer/vocabulary.h"

#include "core/base/error.h"

#include <algorithm>

namespace heedmap {

namespace {

void checkToken(const std::string& token, const std::string& where)
{
    if (token.size() > Vocabulary::kMaxTokenBytes)
        throw Error(ErrorKind::InvalidFile, "{} has a token of {} bytes, more than the {} that are allowed", where,
                    token.size(), Vocabulary::kMaxTokenBytes);
}

std::int32_t checkedId(const Json& value, const std::string& token, const std::string& where)
{
    const bool fits =
        value.is_number_unsigned() && value.get<std::uint64_t>() <= static_cast<std::uint64_t>(Vocabulary::kMaxId);
    if (!fits)
        throw Error(ErrorKind::InvalidFile, "the id of \"{}\" in {} is {}, but must be an integer from 0 to {}", token,
                    where, value.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 40),
                    Vocabulary::kMaxId);
    return value.get<std::int32_t>();
}

/// The next line and its end: \n, \r or \r\n, as Python reads text files.
std::string_view takeLine(std::string_view& rest)
{
    const std::size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end);
    rest.remove_prefix(rest.starts_with("\r\n") ? 2 : rest.empty() ? 0 : 1);
    return line;
}

} // namespace

Vocabulary Vocabulary::fromJson(const Json& object, const std::string& where)
{
    if (!object.is_object())
        throw Error(ErrorKind::InvalidFile, "{} is not an object from tokens to ids", where);
    Vocabulary vocabulary;
    for (const auto& [token, value] : object.items()) {
        checkToken(token, where);
        const std::int32_t id = checkedId(value, token, where);
        const auto [other, added] = vocabulary.m_tokens.emplace(id, token);
        if (!added)
            throw Error(ErrorKind::InvalidFile, "\"{}\" and \"{}\" in {} have the same id {}", other->second, token,
                        where, id);
        vocabulary.m_ids.emplace(token, id);
    }
    return vocabulary;
}

Vocabulary Vocabulary::fromLines(std::string_view text, const std::string& where)
{
    Vocabulary vocabulary;
    std::int32_t id = 0;
    for (; !text.empty(); ++id) {
        std::string token(takeLine(text));
        checkToken(token, where);
        if (id > kMaxId)
            throw Error(ErrorKind::TooLarge, "{} has more than {} lines", where, kMaxId);
        const auto [entry, added] = vocabulary.m_ids.try_emplace(token, id);
        if (!added) {
            vocabulary.m_tokens.erase(entry->second);
            entry->second = id;
        }
        vocabulary.m_tokens.emplace(id, std::move(token));
    }
    return vocabulary;
}

std::optional<std::int32_t> Vocabulary::id(std::string_view token) const
{
    const auto found = m_ids.find(token);
    return found == m_ids.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> Vocabulary::token(std::int32_t id) const
{
    const auto found = m_tokens.find(id);
    return found == m_tokens.end() ? std::nullopt : std::optional(found->second);
}

PrefixIndex::PrefixIndex(std::vector<std::pair<std::string_view, std::int32_t>> entries) : m_entries(std::move(entries))
{
    std::erase_if(m_entries, [](const auto& entry) { return entry.first.empty(); });
    const auto text = [](const auto& entry) { return entry.first; };
    std::ranges::stable_sort(m_entries, {}, text);
    const auto repeated = std::ranges::unique(m_entries, {}, text);
    m_entries.erase(repeated.begin(), repeated.end());
}

std::optional<PrefixIndex::Match> PrefixIndex::longest(std::string_view text) const
{
    std::optional<Match> best;
    auto begin = m_entries.begin();
    auto end = m_entries.end();
    // Entries in [begin, end) start with text[0, depth); a shorter entry sorts before the longer ones it begins.
    for (std::size_t depth = 0; depth < text.size() && begin != end; ++depth) {
        const auto byte = [depth](const auto& entry) { return static_cast<unsigned char>(entry.first[depth]); };
        const auto wanted = static_cast<unsigned char>(text[depth]);
        const auto range = std::ranges::equal_range(begin, end, wanted, {}, byte);
        begin = range.begin();
        end = range.end();
        if (begin != end && begin->first.size() == depth + 1) {
            best = Match{depth + 1, begin->second};
            ++begin;
        }
    }
    return best;
}

} // namespace heedmap
