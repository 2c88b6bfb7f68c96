#pragma once

#include "core/capture/attention.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// Tokens that may be kept at once: as many as there are colours that everybody tells apart.
constexpr std::size_t kMostKeptQueries = 8;

/// The only thing views share: what is looked at. A value; hover is separate and transient.
struct Selection
{
    std::string group;                 ///< site group or composition whose heads are shown
    MapChoice map;                     ///< layer (site) and head inside that group
    std::vector<std::int64_t> queries; ///< kept tokens in the order they were kept: positions on the map's query axis,
                                       ///< none twice, at most kMostKeptQueries
    std::optional<std::int64_t> key;   ///< kept patch or token, a position on the map's key axis

    /// The current token, whose heads are shown: the one kept last.
    std::optional<std::int64_t> query() const { return queries.empty() ? std::nullopt : std::optional(queries.back()); }
    /// Keeps a token and what it looks at. A token that is kept already becomes the current one; another stands beside
    /// those kept where that is wanted and there is room, else alone.
    void keep(std::int64_t query, std::int64_t wantedKey, bool besideOthers);
    bool operator==(const Selection&) const = default;
};

} // namespace heedmap
