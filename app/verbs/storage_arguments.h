#pragma once

#include "core/base/json.h"
#include "core/capture/manifest.h"

#include <CLI/App.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// The options that say how large a capture may become: --sites, --heads, --queries, --dtype and --budget.
struct StorageArguments
{
    std::vector<std::string> sites;   ///< patterns; empty: all
    std::vector<std::string> heads;   ///< HEADS or SITE:HEADS; empty: all
    std::vector<std::string> queries; ///< AXIS:POSITIONS; empty: all
    std::string dtype = "f32";
    std::optional<std::uint64_t> budget; ///< bytes

    void declare(CLI::App& verb);
    /// Whether words or patches are named, so that a run must say where they stand.
    bool needTokens() const;
    /// Adds what was given, but for the queries, to the options of a run (PROTOCOL.md, run/start). Errors:
    /// InvalidRequest.
    void addTo(Json& options) const;
    /// And those. `plain` is of a run like it, and only looked at if needTokens(). Errors: InvalidRequest.
    void addQueriesTo(Json& options, const std::optional<Manifest>& plain) const;
};

} // namespace heedmap
