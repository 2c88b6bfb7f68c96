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
/// frame of an animation is used (black where it does not cover the picture), colour profiles and gamma are ignored,
/// CMYK is taken as inverted ink (Adobe's convention, as Pillow does). Pixels equal Pillow's, except: 16-bit grey,
/// which Pillow clips at level 255; CMYK, up to one level apart; an orientation stated only in XMP or in a PNG text
/// chunk, which Pillow also honours, is not read. Damage inside JPEG's coded pixels (other than a missing end) cannot
/// be told from pixels; PNG and WebP refuse it.
struct DecodedImage
{
    ImageHeader header;
    Image upright;
};

/// Limits stated to the user: 100 megapixels, 32 768 pixels a side, 256 MiB of file.
constexpr std::int64_t kMaxImagePixels = 100'000'000;
constexpr int kMaxImageSide = 32'768;
constexpr std::size_t kMaxImageBytes = std::size_t{256} << 20;

/// Walks the file's structure (PNG checksums and the end included) without decoding a pixel. Errors: Unsupported
/// (unknown signature; names the accepted formats), InvalidFile (damaged), TooLarge (beyond the limits). `name` is used
/// in messages. Thread-safe, as all of core/media.
ImageHeader readImageHeader(std::span<const std::byte> file, const std::string& name);
/// Decodes from memory after `readImageHeader` has accepted the file. Errors: as there, and InvalidFile when pixels are
/// missing or damaged.
DecodedImage decodeImage(std::span<const std::byte> file, const std::string& name);

} // namespace heedmap
