#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace heedmap {

/// One end of a row or column that is drawn as a link.
struct WeightedPosition
{
    std::int64_t position = 0;
    float weight = 0; ///< probability
    bool operator==(const WeightedPosition&) const = default;
};

/// The links of one row or column that are worth drawing, and what is left out by drawing no others.
struct StrongestLinks
{
    std::vector<WeightedPosition> links; ///< strongest first, equal weights by lowest position
    std::int64_t possible = 0;           ///< finite weights above 0: links that could be drawn
    std::int64_t notFinite = 0;          ///< weights that are no finite number, never drawn
    double shownMass = 0;                ///< sum of the weights of `links`
    double wholeMass = 0;                ///< sum of the weights of all possible links
};

/// The `most` strongest weights that are at least `threshold` (a probability). Weights of 0 are no links: a hidden key
/// is not looked at. Sums in double precision.
StrongestLinks strongestLinks(std::span<const float> weights, std::size_t most, double threshold);

} // namespace heedmap
