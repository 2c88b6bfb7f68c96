#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// Eight-bit RGB picture, row-major, no padding: rgb[(y × width + x) × 3 + channel].
struct Image
{
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> rgb;

    const std::uint8_t* pixel(int x, int y) const { return &rgb[(static_cast<std::size_t>(y) * width + x) * 3]; }
};

/// What stands in a picture's header, known before a pixel is decoded.
struct ImageHeader
{
    std::string mediaType; ///< "image/png", "image/jpeg" or "image/webp"
    int storedWidth = 0;   ///< as stored, before the orientation is applied
    int storedHeight = 0;
    int orientation = 1; ///< EXIF 1–8; 1 when absent or damaged
    bool hasAlpha = false;
};

/// A decoded picture, upright: the EXIF orientation is applied, as `transformers.image_utils.load_image` does.
/// Policy: grey becomes three equal channels, palettes are resolved, alpha is dropped without blending (Pillow's
/// `convert("RGB")`, what the reference processors feed the model), 16-bit samples keep their upper 8 bits, the first
/// frame of an animation is used, colour profiles are ignored.
struct DecodedImage
{
    ImageHeader header;
    Image upright;
};

/// Limits stated to the user: 100 megapixels, 32 768 pixels a side, 256 MiB of file.
constexpr std::int64_t kMaxImagePixels = 100'000'000;
constexpr int kMaxImageSide = 32'768;
constexpr std::size_t kMaxImageBytes = std::size_t{256} << 20;

/// Reads only headers. Errors: Unsupported (unknown signature; names the accepted formats), InvalidFile (damaged),
/// TooLarge (beyond the limits). `name` is used in messages.
ImageHeader readImageHeader(std::span<const std::byte> file, const std::string& name);
/// Decodes from memory after `readImageHeader` has accepted the file. Errors: as there, and InvalidFile when pixels are
/// missing or damaged.
DecodedImage decodeImage(std::span<const std::byte> file, const std::string& name);

} // namespace heedmap
