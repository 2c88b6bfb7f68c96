#pragma once

#include "core/base/json.h"

#include <string>
#include <vector>

namespace heedmap {

struct Manifest;

/// Heads of cross-attention to sound that tell when a token was spoken, as a checkpoint names them or a search found
/// them (core/analysis/alignment_search.h). See FORMAT.md, "Alignment".
struct Alignment
{
    struct Head
    {
        std::string site; ///< AttentionSite::name, in whatever pass
        int head = 0;

        bool operator==(const Head&) const = default;
    };
    std::vector<Head> heads; ///< at least one
    int medianWidth = 7;     ///< positions their attention is smoothed over; odd

    bool operator==(const Alignment&) const = default;
};

constexpr int kMostMedianWidth = 1'023; ///< that a capture may ask for

/// Reads an untrusted alignment. `manifest` holds its sites and those left out: a head belongs to one of their modules.
/// Errors: InvalidFile, TooLarge.
Alignment alignmentFromJson(const Json& json, const Manifest& manifest, const std::string& where);
Json jsonFromAlignment(const Alignment& alignment);

} // namespace heedmap
