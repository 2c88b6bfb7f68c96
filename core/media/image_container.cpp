#include "core/media/image_container.h"

#include "core/base/error.h"

namespace heedmap {

void ImageContainer::addPart(std::span<const std::byte> part)
{
    if (!pixelParts.empty() && pixelParts.back().data() + pixelParts.back().size() == part.data())
        pixelParts.back() = {pixelParts.back().data(), pixelParts.back().size() + part.size()};
    else
        pixelParts.push_back(part);
}

std::vector<std::byte> ImageContainer::decoderInput() const
{
    std::size_t size = preamble.size();
    for (const auto& part : pixelParts)
        size += part.size();
    std::vector<std::byte> bytes;
    bytes.reserve(size);
    bytes.insert(bytes.end(), preamble.begin(), preamble.end());
    for (const auto& part : pixelParts)
        bytes.insert(bytes.end(), part.begin(), part.end());
    return bytes;
}

void checkDimensions(std::int64_t width, std::int64_t height, const std::string& name)
{
    if (width < 1 || height < 1)
        throw Error(ErrorKind::InvalidFile, "{} states a size of {} × {} pixels; it holds no picture", name, width,
                    height);
    if (width > kMaxImageSide || height > kMaxImageSide || width * height > kMaxImagePixels)
        throw Error(ErrorKind::TooLarge,
                    "{} has {} × {} pixels; at most {} a side and {} megapixels in all are read. Make it smaller first",
                    name, width, height, kMaxImageSide, kMaxImagePixels / 1'000'000);
}

} // namespace heedmap
