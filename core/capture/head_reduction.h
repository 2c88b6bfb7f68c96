#pragma once

#include "core/capture/map_choice.h"

#include <span>
#include <vector>

namespace heedmap {

/// Collects the values of several heads and makes them one: their mean, summed in double precision, or their maximum.
/// A value that is no number gives one.
class HeadReduction
{
public:
    HeadReduction(Reduction reduction, std::size_t valueCount) : m_reduction(reduction), m_values(valueCount) {}

    /// Precondition: as many values as were announced, none below 0.
    void add(std::span<const float> values);
    /// Precondition: something was added.
    void finish(std::span<float> out) const;

private:
    Reduction m_reduction;
    std::vector<double> m_values;
    int m_count = 0;
};

} // namespace heedmap
