#include "core/base/byte_text.h"

#include <fmt/format.h>

namespace heedmap {

std::string byteText(std::int64_t bytes)
{
    if (bytes < 1024)
        return fmt::format("{} bytes", bytes);
    double value = static_cast<double>(bytes) / 1024;
    const char* const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    std::size_t unit = 0;
    for (; value >= 1023.5; value /= 1024)
        ++unit;
    return value < 9.95 ? fmt::format("{:.1f} {}", value, units[unit]) : fmt::format("{:.0f} {}", value, units[unit]);
}

} // namespace heedmap
