#include "core/base/npy.h"

#include "core/base/error.h"

#include <cstring>

namespace heedmap {

namespace {

constexpr std::size_t kPrefixBytes = 10; // magic, version, header length
constexpr std::size_t kMaxRank = 64;
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kGrowthDigits = 21; // NumPy leaves room for the first dimension to grow in place

std::string headerOf(const char* type, const Shape& shape)
{
    const std::string tuple =
        shape.size() == 1 ? fmt::format("({},)", shape[0]) : fmt::format("({})", fmt::join(shape, ", "));
    std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", type, tuple);
    if (!shape.empty())
        header.append(kGrowthDigits - std::to_string(shape[0]).size(), ' ');
    header.append(kAlignment - (kPrefixBytes + header.size() + 1) % kAlignment, ' ');
    return header + '\n'; // prefix + header is a multiple of 64
}

std::vector<std::byte> npyFile(const char* type, std::span<const std::byte> values, std::size_t itemSize,
                               const Shape& shape)
{
    if (shape.size() > kMaxRank)
        throw Error(ErrorKind::Internal, "NumPy has no arrays of {} dimensions", shape.size());
    if (checkedByteCount(shape, itemSize) != values.size())
        throw Error(ErrorKind::Internal, "{} values do not fill an array of shape {}", values.size() / itemSize,
                    shapeText(shape));
    std::string file = "\x93NUMPY\x01";
    const std::string header = headerOf(type, shape);
    file += '\0';
    file += static_cast<char>(header.size() & 0xff);
    file += static_cast<char>(header.size() >> 8);
    file += header;

    std::vector<std::byte> bytes(file.size() + values.size());
    std::memcpy(bytes.data(), file.data(), file.size());
    if (!values.empty())
        std::memcpy(bytes.data() + file.size(), values.data(), values.size());
    return bytes;
}

} // namespace

std::vector<std::byte> npyFromFloats(std::span<const float> values, const Shape& shape)
{
    return npyFile("<f4", std::as_bytes(values), sizeof(float), shape);
}

std::vector<std::byte> npyFromDoubles(std::span<const double> values, const Shape& shape)
{
    return npyFile("<f8", std::as_bytes(values), sizeof(double), shape);
}

} // namespace heedmap
