#include "core/capture/head_reduction.h"

#include <cmath>

namespace heedmap {

void HeadReduction::add(std::span<const float> values)
{
    ++m_count;
    if (m_reduction == Reduction::Mean) {
        for (std::size_t i = 0; i < values.size(); ++i)
            m_values[i] += values[i];
        return;
    }
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] > m_values[i] || std::isnan(values[i]))
            m_values[i] = values[i];
}

void HeadReduction::finish(std::span<float> out) const
{
    const double divisor = m_reduction == Reduction::Mean ? m_count : 1;
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<float>(m_values[i] / divisor);
}

} // namespace heedmap
