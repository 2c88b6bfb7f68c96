#pragma once

#include "core/base/json.h"

#include <CLI/App.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// The options that say how large a capture may become: --sites, --dtype and --budget.
struct StorageArguments
{
    std::vector<std::string> sites; ///< patterns; empty: all
    std::string dtype = "f32";
    std::optional<std::uint64_t> budget; ///< bytes

    void declare(CLI::App& verb);
    /// Adds what was given to the options of a run (PROTOCOL.md, run/start).
    void addTo(Json& options) const;
};

} // namespace heedmap
