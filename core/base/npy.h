#pragma once

#include "core/base/tensor_view.h"

#include <cstddef>
#include <span>
#include <vector>

namespace heedmap {

/// A single-precision, C-ordered array as the bytes of a NumPy .npy file, version 1.0. `values` has the product of
/// `shape` elements. Source: numpy.lib.format.
std::vector<std::byte> npyFromFloats(std::span<const float> values, const Shape& shape);

} // namespace heedmap
