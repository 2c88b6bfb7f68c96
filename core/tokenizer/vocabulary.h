#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace heedmap {

/// Tokens of a model and their ids. Ids may have gaps, as the reference allows; nothing is allocated by id.
class Vocabulary
{
public:
    static constexpr std::int32_t kMaxId = (1 << 24) - 1; ///< no vocabulary in use comes near
    static constexpr std::size_t kMaxTokenBytes = 1024;   ///< keeps the longest-match search short

    Vocabulary() = default;
    /// A JSON object from token to id. Errors: InvalidFile for ids that are no integers in [0, kMaxId] or used twice.
    static Vocabulary fromJson(const Json& object, const std::string& where);
    /// vocab.txt: one token a line, numbered from 0. A token that stands twice keeps its last id, as in `transformers`.
    static Vocabulary fromLines(std::string_view text, const std::string& where);

    std::optional<std::int32_t> id(std::string_view token) const;
    std::optional<std::string> token(std::int32_t id) const;
    std::size_t size() const { return m_ids.size(); }
    const auto& ids() const { return m_ids; }

private:
    struct Hash
    {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    using Ids = std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>>;

    Ids m_ids;
    std::unordered_map<std::int32_t, std::string> m_tokens;
};

/// Finds the longest of many texts that another text starts with. Does not own the texts.
class PrefixIndex
{
public:
    struct Match
    {
        std::size_t length = 0; ///< bytes
        std::int32_t value = 0;
    };

    PrefixIndex() = default;
    /// Empty texts are left out. Of equal texts the first one counts.
    explicit PrefixIndex(std::vector<std::pair<std::string_view, std::int32_t>> entries);
    std::optional<Match> longest(std::string_view text) const;

private:
    std::vector<std::pair<std::string_view, std::int32_t>> m_entries; ///< sorted by text
};

} // namespace heedmap
