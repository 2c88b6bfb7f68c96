#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/media/image_container.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace heedmap {

namespace {

constexpr std::array<unsigned char, 8> kSignature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr std::size_t kMaxChunkBytes = 0x7fffffff; // the format's own limit

constexpr std::array<std::uint32_t, 256> makeCrcTable()
{
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t n = 0; n < 256; ++n) {
        std::uint32_t c = n;
        for (int bit = 0; bit < 8; ++bit)
            c = (c & 1) != 0 ? 0xedb88320u ^ (c >> 1) : c >> 1;
        table[n] = c;
    }
    return table;
}

constexpr std::array<std::uint32_t, 256> kCrcTable = makeCrcTable();

std::uint32_t crc32(std::span<const std::byte> bytes)
{
    std::uint32_t c = 0xffffffffu;
    for (const std::byte byte : bytes)
        c = kCrcTable[(c ^ std::to_integer<std::uint32_t>(byte)) & 0xff] ^ (c >> 8);
    return c ^ 0xffffffffu;
}

struct Chunk
{
    std::string_view type;
    std::span<const std::byte> payload;
    std::span<const std::byte> whole; ///< length, type, payload and checksum
    bool intact = false;              ///< the checksum fits
};

Chunk readChunk(std::span<const std::byte> file, std::size_t offset, const std::string& name)
{
    const std::size_t left = file.size() - offset;
    const std::size_t length = left >= 12 ? bigEndian32(file, offset) : 0;
    if (left < 12 || (length <= kMaxChunkBytes && length > left - 12))
        throw Error(ErrorKind::InvalidFile, "{} is a PNG that was cut short: it ends at byte {} inside a chunk", name,
                    file.size());
    if (length > kMaxChunkBytes)
        throw Error(ErrorKind::InvalidFile, "{} is a damaged PNG: the chunk at byte {} claims {} bytes", name, offset,
                    length);
    Chunk chunk;
    chunk.type = {reinterpret_cast<const char*>(file.data()) + offset + 4, 4};
    chunk.payload = file.subspan(offset + 8, length);
    chunk.whole = file.subspan(offset, length + 12);
    chunk.intact = crc32(file.subspan(offset + 4, length + 4)) == bigEndian32(file, offset + 8 + length);
    return chunk;
}

bool isAllowedDepth(std::uint32_t depth, std::uint32_t colorType)
{
    constexpr std::uint32_t kGrey = 0, kPalette = 3;
    if (colorType == kGrey)
        return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    if (colorType == kPalette)
        return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    return (colorType == 2 || colorType == 4 || colorType == 6) && (depth == 8 || depth == 16);
}

void readHeaderChunk(const Chunk& chunk, ImageContainer& container, const std::string& name)
{
    if (chunk.type != "IHDR" || chunk.payload.size() != 13 || !chunk.intact)
        throw Error(ErrorKind::InvalidFile, "{} is a damaged PNG: it does not start with an intact header chunk", name);
    const auto& fields = chunk.payload;
    checkDimensions(bigEndian32(fields, 0), bigEndian32(fields, 4), name);
    const std::uint32_t depth = byteAt(fields, 8);
    const std::uint32_t colorType = byteAt(fields, 9);
    if (!isAllowedDepth(depth, colorType) || byteAt(fields, 10) != 0 || byteAt(fields, 11) != 0 ||
        byteAt(fields, 12) > 1)
        throw Error(ErrorKind::InvalidFile,
                    "{} is a damaged PNG: its header has colour type {}, {} bits, compression {}, filter {}, "
                    "interlace {}, which the format does not define",
                    name, colorType, depth, byteAt(fields, 10), byteAt(fields, 11), byteAt(fields, 12));
    container.header.storedWidth = static_cast<int>(bigEndian32(fields, 0));
    container.header.storedHeight = static_cast<int>(bigEndian32(fields, 4));
    container.header.hasAlpha = (colorType & 4) != 0;
}

/// Takes what the pixels need; returns false at the end chunk.
bool takeChunk(const Chunk& chunk, ImageContainer& container, const std::string& name)
{
    const bool critical = (static_cast<unsigned char>(chunk.type[0]) & 0x20) == 0;
    const bool neededForPixels = critical || chunk.type == "tRNS";
    if (neededForPixels && !chunk.intact)
        throw Error(ErrorKind::InvalidFile, "{} is a damaged PNG: the checksum of a {} chunk does not fit", name,
                    printable(chunk.type));
    if (chunk.type == "eXIf" && chunk.intact && container.exif.empty())
        container.exif = chunk.payload;
    if (!neededForPixels)
        return true;
    if (chunk.type != "PLTE" && chunk.type != "IDAT" && chunk.type != "IEND" && chunk.type != "tRNS")
        throw Error(ErrorKind::InvalidFile, "{} is a damaged PNG: it has an unexpected {} chunk", name,
                    printable(chunk.type));
    container.header.hasAlpha |= chunk.type == "tRNS";
    container.addPart(chunk.whole);
    return chunk.type != "IEND";
}

} // namespace

bool hasPngSignature(std::span<const std::byte> file)
{
    return file.size() >= kSignature.size() &&
           std::equal(kSignature.begin(), kSignature.end(), file.begin(),
                      [](unsigned char wanted, std::byte found) { return std::byte{wanted} == found; });
}

ImageContainer walkPng(std::span<const std::byte> file, const std::string& name)
{
    ImageContainer container;
    container.header.mediaType = "image/png";
    container.addPart(file.first(kSignature.size()));
    Chunk chunk = readChunk(file, kSignature.size(), name);
    readHeaderChunk(chunk, container, name);
    container.addPart(chunk.whole);
    std::size_t offset = kSignature.size() + chunk.whole.size();
    bool more = true;
    bool pixels = false;
    while (more) {
        chunk = readChunk(file, offset, name);
        more = takeChunk(chunk, container, name);
        pixels |= chunk.type == "IDAT";
        offset += chunk.whole.size();
    }
    if (!pixels)
        throw Error(ErrorKind::InvalidFile, "{} is a damaged PNG: it has no pixel data", name);
    container.frameWidth = container.header.storedWidth;
    container.frameHeight = container.header.storedHeight;
    return container;
}

} // namespace heedmap
