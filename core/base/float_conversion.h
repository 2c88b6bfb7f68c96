#pragma once

#include "core/base/dtype.h"

#include <cstddef>
#include <span>

namespace heedmap {

/// Many elements at once between single precision and what a file holds. Half precision goes by the processor's own
/// instructions where it has them (F16C), with the same results; NaNs stay NaNs, but may differ in their payload.

/// out.size() elements of `dtype` at `source`, which may stand at any address. Wider types are rounded to nearest.
void floatsFromBytes(DType dtype, const std::byte* source, std::span<float> out);

/// The bytes of `values` as F32, F16 or BF16, rounded to nearest, ties to even; beyond the range: infinity.
/// Precondition: `out` has values.size() × itemSize(dtype) bytes. Errors: InvalidRequest for another type.
void bytesFromFloats(DType dtype, std::span<const float> values, std::span<std::byte> out);

} // namespace heedmap
