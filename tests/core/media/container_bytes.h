#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heedmap {

/// Builds the outer structure of picture files by hand, damaged where a test wants it. Files are byte strings.

inline std::string bigEndian(std::uint32_t value, int bytes)
{
    std::string text;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        text += static_cast<char>(value >> shift & 0xff);
    return text;
}

inline std::string littleEndian(std::uint32_t value, int bytes)
{
    std::string text;
    for (int shift = 0; shift < 8 * bytes; shift += 8)
        text += static_cast<char>(value >> shift & 0xff);
    return text;
}

inline std::uint32_t pngCrc(std::string_view bytes)
{
    std::uint32_t c = 0xffffffffu;
    for (const char byte : bytes) {
        c ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit)
            c = (c & 1) != 0 ? 0xedb88320u ^ (c >> 1) : c >> 1;
    }
    return c ^ 0xffffffffu;
}

inline std::string pngChunk(const std::string& type, const std::string& payload)
{
    return bigEndian(static_cast<std::uint32_t>(payload.size()), 4) + type + payload +
           bigEndian(pngCrc(type + payload), 4);
}

inline std::string pngSignature()
{
    return "\x89PNG\r\n\x1a\n";
}

inline std::string pngHeader(std::uint32_t width, std::uint32_t height, int depth = 8, int colorType = 2)
{
    return pngChunk("IHDR", bigEndian(width, 4) + bigEndian(height, 4) + static_cast<char>(depth) +
                                static_cast<char>(colorType) + std::string(3, '\0'));
}

inline std::string jpegSegment(int marker, const std::string& payload)
{
    return std::string("\xff") + static_cast<char>(marker) +
           bigEndian(static_cast<std::uint32_t>(payload.size() + 2), 2) + payload;
}

/// Baseline frame header with three components.
inline std::string jpegFrame(std::uint32_t width, std::uint32_t height, int marker = 0xc0, int bits = 8)
{
    return jpegSegment(marker, static_cast<char>(bits) + bigEndian(height, 2) + bigEndian(width, 2) +
                                   std::string("\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00", 10));
}

inline std::string jpegScan()
{
    return jpegSegment(0xda, std::string("\x03\x01\x00\x02\x00\x03\x00\x00\x3f\x00", 10)) + "pixels";
}

inline std::string webpChunk(const std::string& type, const std::string& payload)
{
    return type + littleEndian(static_cast<std::uint32_t>(payload.size()), 4) + payload +
           std::string(payload.size() & 1, '\0');
}

inline std::string webpFile(const std::string& chunks)
{
    return "RIFF" + littleEndian(static_cast<std::uint32_t>(4 + chunks.size()), 4) + "WEBP" + chunks;
}

inline std::string webpCanvas(std::uint32_t width, std::uint32_t height, int flags)
{
    return webpChunk("VP8X", littleEndian(static_cast<std::uint32_t>(flags), 4) + littleEndian(width - 1, 3) +
                                 littleEndian(height - 1, 3));
}

/// A lossless picture's header alone.
inline std::string webpLosslessHeader(std::uint32_t width, std::uint32_t height)
{
    return webpChunk("VP8L", "\x2f" + littleEndian((width - 1) | (height - 1) << 14, 4));
}

/// A TIFF structure with one SHORT entry, the orientation.
inline std::string exifOrientation(std::uint32_t orientation)
{
    return std::string("II*\0", 4) + littleEndian(8, 4) + littleEndian(1, 2) + littleEndian(0x0112, 2) +
           littleEndian(3, 2) + littleEndian(1, 4) + littleEndian(orientation, 4) + littleEndian(0, 4);
}

} // namespace heedmap
