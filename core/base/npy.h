#pragma once

#include "core/base/tensor_view.h"

#include <cstddef>
#include <span>
#include <vector>

namespace heedmap {

/// A single-precision, C-ordered array as the bytes of a NumPy .npy file, version 1.0, byte for byte as NumPy 2 writes
/// it. `values` has the product of `shape` elements, `shape` at most 64 dimensions. Source: numpy.lib.format.
std::vector<std::byte> npyFromFloats(std::span<const float> values, const Shape& shape);
/// The same in double precision.
std::vector<std::byte> npyFromDoubles(std::span<const double> values, const Shape& shape);

} // namespace heedmap
