#pragma once

#include <cstdint>

namespace heedmap {

/// Dot products of a few queries with many keys: out[row × stride + key] = Σᵢ queries[row, i] · keys[key, i], where
/// `queries` is [rows, width] and `keys` [count, width]. Products of single-precision numbers are exact in double
/// precision, and are summed in it. Uses AVX2 where the processor has it; results may then differ in the last bits of
/// the sum. Thread-safe; uses no other thread.
void dotProducts(const double* queries, std::int64_t rows, const float* keys, std::int64_t count, std::int64_t width,
                 double* out, std::int64_t stride);

/// The same on any processor.
void dotProductsPortable(const double* queries, std::int64_t rows, const float* keys, std::int64_t count,
                         std::int64_t width, double* out, std::int64_t stride);

} // namespace heedmap
