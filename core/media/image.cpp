#include "core/media/image.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/media/image_container.h"
#include "core/media/patch_grid.h"

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include <algorithm>
#include <utility>

namespace heedmap {

namespace {

ImageContainer walkKnownFormat(std::span<const std::byte> file, const std::string& name)
{
    if (hasPngSignature(file))
        return walkPng(file, name);
    if (hasJpegSignature(file))
        return walkJpeg(file, name);
    if (hasWebpSignature(file))
        return walkWebp(file, name);
    throw Error(ErrorKind::Unsupported, "{} is no picture this program reads: its content is not PNG, JPEG or WebP",
                name);
}

ImageContainer walkContainer(std::span<const std::byte> file, const std::string& name)
{
    if (file.size() > kMaxImageBytes)
        throw Error(ErrorKind::TooLarge, "{} has {} bytes; picture files of up to {} MiB are read", name, file.size(),
                    kMaxImageBytes >> 20);
    ImageContainer container = walkKnownFormat(file, name);
    container.header.orientation = orientationFromExif(container.exif);
    return container;
}

/// [frameHeight, frameWidth, 3], blue first. Only pixel data reach the decoder, and only in formats of the whitelist.
cv::Mat decodeFrame(const ImageContainer& container, const std::string& name)
{
    std::vector<std::byte> bytes = container.decoderInput();
    cv::Mat pixels;
    try {
        const cv::Mat input(1, static_cast<int>(bytes.size()), CV_8UC1, bytes.data());
        pixels = cv::imdecode(input, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
    } catch (const cv::Exception& failure) {
        throw Error(ErrorKind::InvalidFile, "{} cannot be decoded: {}", name, failure.err);
    }
    if (pixels.empty())
        throw Error(ErrorKind::InvalidFile, "{} cannot be decoded: its pixel data are missing or damaged", name);
    if (pixels.type() != CV_8UC3 || pixels.cols != container.frameWidth || pixels.rows != container.frameHeight)
        throw Error(ErrorKind::InvalidFile, "{} decodes to {} × {} pixels, but its header states {} × {}", name,
                    pixels.cols, pixels.rows, container.frameWidth, container.frameHeight);
    return pixels;
}

/// Steps through the upright picture's bytes as the stored picture is walked pixel by pixel.
struct UprightSteps
{
    std::ptrdiff_t first = 0;     ///< of the stored pixel (0, 0)
    std::ptrdiff_t perColumn = 0; ///< one stored pixel to the right
    std::ptrdiff_t perRow = 0;    ///< one stored pixel down
};

UprightSteps uprightSteps(const ImageHeader& header, int uprightWidth)
{
    const Affine map = uprightFromStored(header.orientation, header.storedWidth, header.storedHeight);
    const PointF centre = map.map({0.5, 0.5});
    const auto offset = [uprightWidth](double x, double y) {
        return (static_cast<std::ptrdiff_t>(y) * uprightWidth + static_cast<std::ptrdiff_t>(x)) * 3;
    };
    return {offset(centre.x, centre.y), offset(map.a, map.d), offset(map.b, map.e)};
}

/// Blue-first stored pixels into red-first upright ones. What the frame does not cover stays black.
Image uprightImage(const cv::Mat& frame, const ImageContainer& container)
{
    const ImageHeader& header = container.header;
    Image image;
    image.width = header.storedWidth;
    image.height = header.storedHeight;
    if (header.orientation >= 5)
        std::swap(image.width, image.height);
    image.rgb.resize(static_cast<std::size_t>(image.width) * image.height * 3);

    const UprightSteps steps = uprightSteps(header, image.width);
    // Square tiles keep both the reads and the writes of a quarter turn within the cache.
    constexpr int kTile = 64;
    for (int tileY = 0; tileY < frame.rows; tileY += kTile) {
        for (int tileX = 0; tileX < frame.cols; tileX += kTile) {
            for (int y = tileY; y < std::min(tileY + kTile, frame.rows); ++y) {
                const std::uint8_t* blueFirst = frame.ptr<std::uint8_t>(y) + static_cast<std::size_t>(tileX) * 3;
                std::ptrdiff_t at =
                    steps.first + (container.frameY + y) * steps.perRow + (container.frameX + tileX) * steps.perColumn;
                for (int x = tileX; x < std::min(tileX + kTile, frame.cols); ++x) {
                    image.rgb[at] = blueFirst[2];
                    image.rgb[at + 1] = blueFirst[1];
                    image.rgb[at + 2] = blueFirst[0];
                    blueFirst += 3;
                    at += steps.perColumn;
                }
            }
        }
    }
    return image;
}

} // namespace

ImageHeader readImageHeader(std::span<const std::byte> file, const std::string& name)
{
    return walkContainer(file, printable(name)).header;
}

DecodedImage decodeImage(std::span<const std::byte> file, const std::string& name)
{
    const std::string shownName = printable(name);
    const ImageContainer container = walkContainer(file, shownName);
    const cv::Mat frame = decodeFrame(container, shownName);
    return {container.header, uprightImage(frame, container)};
}

} // namespace heedmap
