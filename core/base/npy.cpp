#include "core/base/npy.h"

#include "core/base/error.h"

#include <cstring>

namespace heedmap {

namespace {

constexpr std::size_t kPrefixBytes = 10; // magic, version, header length
constexpr std::size_t kMaxRank = 64;
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kGrowthDigits = 21; // NumPy leaves room for the first dimension to grow in place

std::string headerOf(const Shape& shape)
{
    const std::string tuple =
        shape.size() == 1 ? fmt::format("({},)", shape[0]) : fmt::format("({})", fmt::join(shape, ", "));
    std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': {}, }}", tuple);
    if (!shape.empty())
        header.append(kGrowthDigits - std::to_string(shape[0]).size(), ' ');
    header.append(kAlignment - (kPrefixBytes + header.size() + 1) % kAlignment, ' ');
    return header + '\n'; // prefix + header is a multiple of 64
}

} // namespace

std::vector<std::byte> npyFromFloats(std::span<const float> values, const Shape& shape)
{
    if (shape.size() > kMaxRank)
        throw Error(ErrorKind::Internal, "NumPy has no arrays of {} dimensions", shape.size());
    if (checkedByteCount(shape, sizeof(float)) != values.size_bytes())
        throw Error(ErrorKind::Internal, "{} values do not fill an array of shape {}", values.size(), shapeText(shape));
    std::string file = "\x93NUMPY\x01";
    const std::string header = headerOf(shape);
    file += '\0';
    file += static_cast<char>(header.size() & 0xff);
    file += static_cast<char>(header.size() >> 8);
    file += header;

    std::vector<std::byte> bytes(file.size() + values.size_bytes());
    std::memcpy(bytes.data(), file.data(), file.size());
    if (!values.empty())
        std::memcpy(bytes.data() + file.size(), values.data(), values.size_bytes());
    return bytes;
}

} // namespace heedmap
