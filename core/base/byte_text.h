#pragma once

#include <cstdint>
#include <string>

namespace heedmap {

/// A number of bytes for people, in binary units: "812 bytes", "1.9 MiB", "24 GiB". Precondition: not negative.
std::string byteText(std::int64_t bytes);

} // namespace heedmap
