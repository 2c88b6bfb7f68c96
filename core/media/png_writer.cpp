#include "core/media/png_writer.h"

#include "core/base/error.h"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <cstring>

namespace heedmap {

std::vector<std::byte> pngFromImage(const Image& image)
{
    const bool isEmpty = image.width < 1 || image.height < 1;
    if (isEmpty ||
        image.rgb.size() != 3 * static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height))
        throw Error(ErrorKind::InvalidRequest, "{} bytes are no picture of {} × {} pixels; it has three a pixel",
                    image.rgb.size(), image.width, image.height);
    const cv::Mat rgb(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.rgb.data()));
    cv::Mat bgr;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    std::vector<unsigned char> encoded;
    if (!cv::imencode(".png", bgr, encoded))
        throw Error(ErrorKind::Internal, "a picture of {} × {} pixels could not be written as PNG", image.width,
                    image.height);
    std::vector<std::byte> bytes(encoded.size());
    std::memcpy(bytes.data(), encoded.data(), encoded.size());
    return bytes;
}

} // namespace heedmap
