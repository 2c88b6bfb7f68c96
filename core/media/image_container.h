#pragma once

#include "core/media/image.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// What our own walk over a file's chunks, markers or RIFF parts finds before any decoder runs. Spans point into the
/// file.
struct ImageContainer
{
    ImageHeader header;              ///< orientation not filled in yet
    std::span<const std::byte> exif; ///< TIFF structure, empty when there is none

    /// The file a decoder gets: `preamble`, then `pixelParts`. Metadata, colour profiles and everything unknown stay
    /// out, so no decoder parses them.
    std::vector<std::byte> preamble;
    std::vector<std::span<const std::byte>> pixelParts;

    /// Where the decoded frame lies in the stored picture; smaller than the picture only in animations.
    int frameX = 0;
    int frameY = 0;
    int frameWidth = 0;
    int frameHeight = 0;

    /// Appends a part, joined with the last one where both are neighbours in the file.
    void addPart(std::span<const std::byte> part);
    std::vector<std::byte> decoderInput() const;
};

/// Each walks the whole file: truncation, damaged structure and (PNG) checksums are InvalidFile, forms the decoders do
/// not handle are Unsupported. Dimensions are checked with `checkDimensions`. Precondition: the file has the signature.
ImageContainer walkPng(std::span<const std::byte> file, const std::string& name);
ImageContainer walkJpeg(std::span<const std::byte> file, const std::string& name);
ImageContainer walkWebp(std::span<const std::byte> file, const std::string& name);

bool hasPngSignature(std::span<const std::byte> file);
bool hasJpegSignature(std::span<const std::byte> file);
bool hasWebpSignature(std::span<const std::byte> file);

/// Errors: InvalidFile for an empty picture, TooLarge beyond the limits of image.h.
void checkDimensions(std::int64_t width, std::int64_t height, const std::string& name);

/// The orientation (1–8) an EXIF block's first directory states; 1 when it states none or is damaged. Looks at nothing
/// else of the block, in time linear in its length: general EXIF libraries follow directories that refer to themselves
/// for minutes. Never throws.
int orientationFromExif(std::span<const std::byte> tiff);

inline std::uint32_t byteAt(std::span<const std::byte> bytes, std::size_t offset)
{
    return std::to_integer<std::uint32_t>(bytes[offset]);
}

inline std::uint32_t bigEndian16(std::span<const std::byte> bytes, std::size_t offset)
{
    return byteAt(bytes, offset) << 8 | byteAt(bytes, offset + 1);
}

inline std::uint32_t bigEndian32(std::span<const std::byte> bytes, std::size_t offset)
{
    return bigEndian16(bytes, offset) << 16 | bigEndian16(bytes, offset + 2);
}

inline std::uint32_t littleEndian16(std::span<const std::byte> bytes, std::size_t offset)
{
    return byteAt(bytes, offset) | byteAt(bytes, offset + 1) << 8;
}

inline std::uint32_t littleEndian24(std::span<const std::byte> bytes, std::size_t offset)
{
    return littleEndian16(bytes, offset) | byteAt(bytes, offset + 2) << 16;
}

inline std::uint32_t littleEndian32(std::span<const std::byte> bytes, std::size_t offset)
{
    return littleEndian16(bytes, offset) | littleEndian16(bytes, offset + 2) << 16;
}

} // namespace heedmap
