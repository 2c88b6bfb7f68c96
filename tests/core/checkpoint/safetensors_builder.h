#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace heedmap {

/// The bytes of a safetensors file, right or wrong: header length, header text, data.
inline std::string safetensorsBytes(std::uint64_t headerLength, std::string_view header, std::string_view data = {})
{
    std::string bytes;
    for (int i = 0; i < 8; ++i)
        bytes += static_cast<char>(headerLength >> (8 * i) & 0xff);
    bytes += header;
    return bytes += data;
}

inline std::string safetensorsBytes(std::string_view header, std::string_view data = {})
{
    return safetensorsBytes(header.size(), header, data);
}

} // namespace heedmap
