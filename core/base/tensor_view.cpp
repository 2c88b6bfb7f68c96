#include "core/base/tensor_view.h"

#include "core/base/error.h"

#include <algorithm>
#include <cstring>

namespace heedmap {

namespace {

template <typename Element, typename Convert>
void convertElements(const std::byte* source, std::span<float> out, Convert convert)
{
    for (float& value : out) {
        Element element;
        std::memcpy(&element, source, sizeof(Element));
        source += sizeof(Element);
        value = convert(element);
    }
}

template <typename Element>
void castElements(const std::byte* source, std::span<float> out)
{
    convertElements<Element>(source, out, [](Element element) { return static_cast<float>(element); });
}

void convertToFloats(DType dtype, const std::byte* source, std::span<float> out)
{
    switch (dtype) {
    case DType::F32:
        if (!out.empty())
            std::memcpy(out.data(), source, out.size_bytes());
        return;
    case DType::F16:
        return convertElements<std::uint16_t>(source, out, floatFromHalf);
    case DType::BF16:
        return convertElements<std::uint16_t>(source, out, floatFromBFloat16);
    case DType::F64:
        return castElements<double>(source, out);
    case DType::Bool:
    case DType::U8:
        return castElements<std::uint8_t>(source, out);
    case DType::I8:
        return castElements<std::int8_t>(source, out);
    case DType::I16:
        return castElements<std::int16_t>(source, out);
    case DType::U16:
        return castElements<std::uint16_t>(source, out);
    case DType::I32:
        return castElements<std::int32_t>(source, out);
    case DType::U32:
        return castElements<std::uint32_t>(source, out);
    case DType::I64:
        return castElements<std::int64_t>(source, out);
    case DType::U64:
        return castElements<std::uint64_t>(source, out);
    case DType::F8E5M2:
        return convertElements<std::uint8_t>(source, out, floatFromFloat8E5M2);
    case DType::F8E4M3:
        return convertElements<std::uint8_t>(source, out, floatFromFloat8E4M3);
    }
}

} // namespace

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
    convertToFloats(dtype, bytes.data() + static_cast<std::size_t>(first) * itemSize(dtype), out);
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
