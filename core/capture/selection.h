#pragma once

#include "core/capture/attention.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// The only thing views share: what is looked at. A value; hover is separate and transient.
struct Selection
{
    std::string group;                 ///< site group or composition whose heads are shown
    MapChoice map;                     ///< layer (site) and head inside that group
    std::optional<std::int64_t> query; ///< kept token, a position on the map's query axis
    std::optional<std::int64_t> key;   ///< kept patch or token, a position on the map's key axis

    bool operator==(const Selection&) const = default;
};

} // namespace heedmap
