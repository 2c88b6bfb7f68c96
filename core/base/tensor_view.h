#pragma once

#include "core/base/dtype.h"
#include "core/base/mapped_file.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

using Shape = std::vector<std::int64_t>;

/// "[4, 12, 145]"
std::string shapeText(const Shape& shape);

/// Product of the dimensions times `elementBytes`. Errors: InvalidFile for a negative dimension, or when the product of
/// the dimensions that are not zero exceeds 2^62 (so that no stride of an empty tensor overflows either).
std::size_t checkedByteCount(const Shape& shape, std::size_t elementBytes);

/// A dense row-major tensor inside a mapped file. Does not own the bytes, but keeps the mapping alive. The first byte
/// may stand at any address: copy, do not cast.
struct TensorView
{
    DType dtype = DType::F32;
    Shape shape;
    std::span<const std::byte> bytes;       ///< itemSize(dtype) × elementCount() bytes, little-endian
    std::shared_ptr<const MappedFile> file; ///< null for tensors in memory

    std::int64_t elementCount() const;
    /// Elements [first, first + count) as single precision into `out` (count elements). Wider types are
    /// rounded to nearest. Errors: InvalidFile if the file was cut short, InvalidRequest beyond the tensor.
    void copyFloats(std::int64_t first, std::span<float> out) const;
    std::vector<float> toFloats() const;
    /// The raw bytes, copied. Errors: InvalidFile if the file was cut short.
    std::vector<std::byte> copyBytes() const;
};

} // namespace heedmap
