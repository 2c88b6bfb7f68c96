#include "core/analysis/running_median.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace heedmap {

std::vector<float> runningMedian(std::span<const float> values, int width)
{
    if (width < 1 || width % 2 == 0)
        throw Error(ErrorKind::InvalidRequest, "a median of {} values has no middle; an odd number has", width);
    std::vector<float> result(values.begin(), values.end());
    const auto count = static_cast<std::ptrdiff_t>(values.size());
    const std::ptrdiff_t half = width / 2;
    if (count <= half)
        return result;
    std::vector<float> around(static_cast<std::size_t>(width));
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        for (std::ptrdiff_t k = -half; k <= half; ++k) {
            std::ptrdiff_t at = std::abs(i + k);
            at = at < count ? at : 2 * (count - 1) - at;
            const float value = values[static_cast<std::size_t>(at)];
            around[static_cast<std::size_t>(k + half)] = std::isfinite(value) ? value : 0;
        }
        std::ranges::nth_element(around, around.begin() + half);
        result[static_cast<std::size_t>(i)] = around[static_cast<std::size_t>(half)];
    }
    return result;
}

} // namespace heedmap
