#pragma once

#include "core/capture/attention.h"

namespace heedmap {

/// Neighbouring rows of a map, [count, keys] of the queries from `first` on, row-major: cheaper than one call per row.
/// Values, threads and errors as readRow (core/capture/attention.h), and InvalidRequest for a count below 1.
void readRows(const Capture& capture, const MapChoice& map, std::int64_t first, std::int64_t count,
              std::span<float> out);
/// The same, but rows that the capture does not hold are NaN. Of a composed map every row of the second step is needed.
void readHeldRows(const Capture& capture, const MapChoice& map, std::int64_t first, std::int64_t count,
                  std::span<float> out);

} // namespace heedmap
