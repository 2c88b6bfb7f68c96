#pragma once

#include "core/render/value_scale.h"

#include <cstdint>
#include <vector>

namespace heedmap {

/// How often weights of a size occur, in the unit of a scale. The axis is linear for a linear scale and logarithmic
/// otherwise (on an axis of ranks every bin would be equally full).
struct Histogram
{
    ValueCurve axis = ValueCurve::Logarithmic; ///< Linear or Logarithmic
    double first = 0;                          ///< displayed unit at the left end
    double last = 1;                           ///< at the right end; above `first`
    std::vector<std::int64_t> counts;          ///< bins of equal width on the axis; bin i is [edge(i), edge(i + 1))
    std::int64_t below = 0;                    ///< left of the axis: on a logarithmic one 0 and less too
    std::int64_t above = 0;                    ///< right of it; `last` itself is in the last bin

    double edge(int bin) const; ///< displayed unit
    /// Displayed unit → [0, 1] along the axis, not clamped; -1 for what a logarithmic axis cannot show.
    double positionOf(double value) const;
    double valueAt(double position) const;
    int binAt(double position) const; ///< clamped; 0 without bins
    std::int64_t largest() const;
};

/// An axis that holds every weight of the scale's sample and its limits; a logarithmic one reaches down to 1/65536 of
/// its largest weight at most, or to `low`. Counts the sample. `bins` >= 1.
Histogram countWeights(const ValueScale& scale, int bins);

} // namespace heedmap
