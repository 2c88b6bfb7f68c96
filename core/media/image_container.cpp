#include "core/media/image_container.h"

#include "core/base/error.h"

#include <algorithm>
#include <libexif/exif-data.h>
#include <memory>

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

int orientationFromExif(std::span<const std::byte> tiff)
{
    static constexpr unsigned char kHeader[] = {'E', 'x', 'i', 'f', 0, 0};
    // The first directory stands at the front; a block this long is padding or an attack.
    constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
    if (tiff.size() < 8)
        return 1;
    std::vector<unsigned char> block(std::begin(kHeader), std::end(kHeader));
    const auto* begin = reinterpret_cast<const unsigned char*>(tiff.data());
    block.insert(block.end(), begin, begin + std::min(tiff.size(), kMaxBytes));

    const std::unique_ptr<ExifData, decltype(&exif_data_unref)> data(exif_data_new(), exif_data_unref);
    if (!data)
        return 1;
    // "Following the specification" would rewrite entries whose type is unusual.
    exif_data_unset_option(data.get(), EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_load_data(data.get(), block.data(), static_cast<unsigned int>(block.size()));
    const ExifEntry* entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
    if (!entry || entry->components != 1 || !entry->data)
        return 1;
    const ExifByteOrder order = exif_data_get_byte_order(data.get());
    std::uint32_t value = 1;
    if (entry->format == EXIF_FORMAT_SHORT && entry->size >= 2)
        value = exif_get_short(entry->data, order);
    else if (entry->format == EXIF_FORMAT_LONG && entry->size >= 4)
        value = exif_get_long(entry->data, order);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
}

} // namespace heedmap
