#pragma once

#include <span>
#include <vector>

namespace heedmap {

/// Every value becomes the median of the `width` (odd) around it, the ends mirrored without repeating them, as token
/// times smooth attention (token_times.h). A way to look at a curve: it sums to something else than before. Values that
/// are no numbers count as 0. Shorter than half of `width`, nothing changes. Errors: InvalidRequest (an even width).
std::vector<float> runningMedian(std::span<const float> values, int width);

} // namespace heedmap
