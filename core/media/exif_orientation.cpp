#include "core/media/image_container.h"

#include <cstring>
#include <optional>

namespace heedmap {

namespace {

// TIFF 6.0, section 2: a directory is a count and entries of 12 bytes (tag, type, number of values, value or offset).
constexpr std::size_t kHeaderBytes = 8;
constexpr std::size_t kEntryBytes = 12;
constexpr std::uint32_t kOrientationTag = 0x0112;

class TiffReader
{
public:
    static std::optional<TiffReader> open(std::span<const std::byte> bytes)
    {
        if (bytes.size() < kHeaderBytes)
            return std::nullopt;
        if (std::memcmp(bytes.data(), "II*\0", 4) == 0)
            return TiffReader(bytes, true);
        if (std::memcmp(bytes.data(), "MM\0*", 4) == 0)
            return TiffReader(bytes, false);
        return std::nullopt;
    }

    std::size_t size() const { return m_bytes.size(); }
    std::uint32_t read16(std::size_t at) const
    {
        return m_little ? littleEndian16(m_bytes, at) : bigEndian16(m_bytes, at);
    }
    std::uint32_t read32(std::size_t at) const
    {
        return m_little ? littleEndian32(m_bytes, at) : bigEndian32(m_bytes, at);
    }

private:
    TiffReader(std::span<const std::byte> bytes, bool little) : m_bytes(bytes), m_little(little) {}

    std::span<const std::byte> m_bytes;
    bool m_little;
};

/// The entry's value if it is one whole number held in the entry itself.
std::optional<std::uint32_t> singleValue(const TiffReader& tiff, std::size_t entry)
{
    constexpr std::uint32_t kShort = 3, kLong = 4;
    const std::uint32_t type = tiff.read16(entry + 2);
    if (tiff.read32(entry + 4) != 1 || (type != kShort && type != kLong))
        return std::nullopt;
    return type == kShort ? tiff.read16(entry + 8) : tiff.read32(entry + 8);
}

} // namespace

int orientationFromExif(std::span<const std::byte> bytes)
{
    const std::optional<TiffReader> tiff = TiffReader::open(bytes);
    const std::size_t directory = tiff ? tiff->read32(4) : 0;
    if (!tiff || directory > tiff->size() - 2)
        return 1;
    const std::uint32_t entries = tiff->read16(directory);
    std::uint32_t orientation = 1;
    for (std::uint32_t i = 0; i < entries; ++i) {
        const std::size_t entry = directory + 2 + i * kEntryBytes;
        if (entry + kEntryBytes > tiff->size())
            break; // a directory cut short still counts as far as it goes
        if (tiff->read16(entry) == kOrientationTag)
            orientation = singleValue(*tiff, entry).value_or(1);
    }
    return orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
}

} // namespace heedmap
