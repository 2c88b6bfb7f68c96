#include "core/base/tensor_view.h"

#include "core/base/error.h"
#include "core/base/float_conversion.h"

#include <algorithm>

namespace heedmap {

std::string shapeText(const Shape& shape)
{
    return fmt::format("[{}]", fmt::join(shape, ", "));
}

std::size_t checkedByteCount(const Shape& shape, std::size_t elementBytes)
{
    constexpr std::size_t kLimit = std::size_t{1} << 62;
    bool empty = false;
    std::size_t total = elementBytes;
    for (std::int64_t extent : shape) {
        if (extent < 0)
            throw Error(ErrorKind::InvalidFile, "negative dimension in the shape {}", shapeText(shape));
        empty = empty || extent == 0;
        if (static_cast<std::size_t>(extent) > kLimit / total)
            throw Error(ErrorKind::InvalidFile, "the shape {} is too large to exist", shapeText(shape));
        total *= static_cast<std::size_t>(std::max<std::int64_t>(extent, 1));
    }
    return empty ? 0 : total;
}

std::int64_t TensorView::elementCount() const
{
    return static_cast<std::int64_t>(bytes.size() / itemSize(dtype));
}

void TensorView::copyFloats(std::int64_t first, std::span<float> out) const
{
    if (first < 0 || first > elementCount() || static_cast<std::int64_t>(out.size()) > elementCount() - first)
        throw Error(ErrorKind::InvalidRequest, "{} elements from {} on do not exist in a tensor of shape {}",
                    out.size(), first, shapeText(shape));
    floatsFromBytes(dtype, bytes.data() + static_cast<std::size_t>(first) * itemSize(dtype), out);
    if (file)
        file->checkIntact();
}

std::vector<float> TensorView::toFloats() const
{
    std::vector<float> values(static_cast<std::size_t>(elementCount()));
    copyFloats(0, values);
    return values;
}

std::vector<std::byte> TensorView::copyBytes() const
{
    std::vector<std::byte> copy(bytes.begin(), bytes.end());
    if (file)
        file->checkIntact();
    return copy;
}

} // namespace heedmap
