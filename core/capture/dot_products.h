#pragma once

#include "core/base/dtype.h"
#include "core/base/instruction_set.h"

#include <cstddef>
#include <cstdint>

namespace heedmap {

/// `count` vectors of `width` elements, one after another, as a file holds them; at any address.
struct KeyVectors
{
    const std::byte* bytes;
    DType dtype;
    std::int64_t count;
    std::int64_t width;
};

/// Dot products of a few queries with many keys: out[row × stride + key] = Σᵢ queries[row, i] · keys[key, i], where
/// `queries` is [rows, width]. Products of single-precision numbers are exact in double precision, and are summed in
/// it; instruction sets differ in the order of the sum. Four queries at a time go over the keys: few queries and keys
/// that fit the cache are quickest. Thread-safe; uses no other thread.
void dotProducts(const double* queries, std::int64_t rows, const KeyVectors& keys, double* out, std::int64_t stride,
                 InstructionSet instructions = instructionSet());

} // namespace heedmap
