#include "core/analysis/strongest_links.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

StrongestLinks strongestLinks(std::span<const float> weights, std::size_t most, double threshold)
{
    StrongestLinks result;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (!std::isfinite(weights[i])) {
            ++result.notFinite;
            continue;
        }
        if (weights[i] <= 0)
            continue;
        ++result.possible;
        result.wholeMass += weights[i];
        if (weights[i] >= threshold)
            result.links.push_back({static_cast<std::int64_t>(i), weights[i]});
    }
    const auto isStronger = [](const WeightedPosition& a, const WeightedPosition& b) {
        return a.weight != b.weight ? a.weight > b.weight : a.position < b.position;
    };
    const std::size_t kept = std::min(most, result.links.size());
    std::partial_sort(result.links.begin(), result.links.begin() + static_cast<std::ptrdiff_t>(kept),
                      result.links.end(), isStronger);
    result.links.resize(kept);
    for (const WeightedPosition& link : result.links)
        result.shownMass += link.weight;
    return result;
}

} // namespace heedmap
