#pragma once

#include <string>
#include <vector>

namespace heedmap {

/// Heads of cross-attention to sound that tell when a token was spoken, as a checkpoint names them.
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
};

} // namespace heedmap
