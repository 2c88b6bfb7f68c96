#include "core/base/npy.h"

#include "core/base/error.h"

#include <cstring>

namespace heedmap {

std::vector<std::byte> npyFromFloats(std::span<const float> values, const Shape& shape)
{
    if (checkedByteCount(shape, sizeof(float)) != values.size_bytes())
        throw Error(ErrorKind::Internal, "{} values do not fill an array of shape {}", values.size(), shapeText(shape));
    const std::string tuple =
        shape.size() == 1 ? fmt::format("({},)", shape[0]) : fmt::format("({})", fmt::join(shape, ", "));
    std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': {}, }}", tuple);
    constexpr std::size_t kPrefix = 10; // magic, version, header length
    header.append(63 - (kPrefix + header.size()) % 64, ' ');
    header += '\n'; // prefix + header is a multiple of 64

    std::vector<std::byte> file(kPrefix + header.size() + values.size_bytes());
    const unsigned char prefix[kPrefix] = {0x93,
                                           'N',
                                           'U',
                                           'M',
                                           'P',
                                           'Y',
                                           1,
                                           0,
                                           static_cast<unsigned char>(header.size() & 0xff),
                                           static_cast<unsigned char>(header.size() >> 8)};
    std::memcpy(file.data(), prefix, kPrefix);
    std::memcpy(file.data() + kPrefix, header.data(), header.size());
    if (!values.empty())
        std::memcpy(file.data() + kPrefix + header.size(), values.data(), values.size_bytes());
    return file;
}

} // namespace heedmap
