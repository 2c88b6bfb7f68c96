#pragma once

#include "core/capture/attention.h"

#include <cstdint>
#include <optional>
#include <span>

namespace heedmap {

struct SharpestHead
{
    std::size_t site = 0;
    int head = 0;
    std::int64_t query = 0; ///< the query this head is sharpest for
    double score = 0;
};

/// The head worth looking at first, of those and of the queries that the capture holds: one that looks sharply at a
/// place, and preferably at another place for another query. With w[q, p] the weights of the queries that are no
/// special tokens on the patches (every key, where the key axis has none), the score of a head is mean_q max_p w[q, p]
/// − ½ max_p mean_q w[q, p]: a head that looks at one place whatever the query is counts half of one that follows the
/// queries as sharply. `sites` share their axes. Absent for no sites, no such queries, or more than `maxWeights`
/// weights to read. Errors: InvalidFile (file cut short).
std::optional<SharpestHead> sharpestHead(const Capture& capture, std::span<const std::size_t> sites,
                                         std::int64_t maxWeights = 50'000'000);

} // namespace heedmap
