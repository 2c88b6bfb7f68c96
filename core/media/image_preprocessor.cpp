#include "core/media/image_preprocessor.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace heedmap {

namespace {

/// Python's //: rounds down, also below zero.
int halfRoundedDown(int value)
{
    return (value - (value < 0 ? 1 : 0)) / 2;
}

/// The longer side when the shorter becomes `edge`, as Python's int(edge × longer / shorter).
std::int64_t scaledLongerSide(int edge, int longer, int shorter)
{
    return static_cast<std::int64_t>(static_cast<double>(static_cast<std::int64_t>(edge) * longer) / shorter);
}

/// The centre of the picture, or the picture centred on black where the crop is larger. `left` and `top` are where the
/// crop begins in the picture (negative inside black).
Image cropped(const Image& picture, int left, int top, int width, int height)
{
    Image result;
    result.width = width;
    result.height = height;
    result.rgb.resize(static_cast<std::size_t>(width) * height * 3);
    const int firstColumn = std::max(left, 0);
    const int columns = std::min(left + width, picture.width) - firstColumn;
    for (int y = std::max(top, 0); y < std::min(top + height, picture.height); ++y) {
        const std::size_t at = (static_cast<std::size_t>(y - top) * width + (firstColumn - left)) * 3;
        std::copy_n(picture.pixel(firstColumn, y), static_cast<std::size_t>(columns) * 3, &result.rgb[at]);
    }
    return result;
}

/// What each 8-bit level of a channel becomes; the reference multiplies in double precision and normalises in single.
std::array<float, 256> channelTable(const PreprocessorSettings& settings, int channel)
{
    std::array<float, 256> table{};
    const auto mean = static_cast<float>(settings.mean[channel]);
    const auto deviation = static_cast<float>(settings.std[channel]);
    for (int level = 0; level < 256; ++level) {
        const double scaled = settings.rescale ? level * settings.rescaleFactor : level;
        const auto value = static_cast<float>(scaled);
        table[level] = settings.normalize ? (value - mean) / deviation : value;
    }
    return table;
}

} // namespace

PatchGrid PixelValues::patchGrid(int patchSize) const
{
    if (patchSize < 1 || patchSize > width || patchSize > height)
        throw Error(ErrorKind::InvalidRequest, "patches of {} pixels do not fit into a model input of {} × {}",
                    patchSize, width, height);
    const auto size = static_cast<double>(patchSize);
    PatchGrid grid;
    grid.rows = height / patchSize;
    grid.columns = width / patchSize;
    grid.pictureFromGrid = pictureFromPixels.after({size, 0, 0, 0, size, 0});
    return grid;
}

ImagePreprocessor ImagePreprocessor::fromConfig(const Json& preprocessorConfig, const std::string& typeIfMissing)
{
    return ImagePreprocessor(settingsFromConfig(preprocessorConfig, typeIfMissing));
}

int ImagePreprocessor::width() const
{
    if (m_settings.centerCrop)
        return m_settings.cropWidth;
    return m_settings.resize ? m_settings.resizeWidth : 0;
}

int ImagePreprocessor::height() const
{
    if (m_settings.centerCrop)
        return m_settings.cropHeight;
    return m_settings.resize ? m_settings.resizeHeight : 0;
}

Image ImagePreprocessor::resized(const Image& upright) const
{
    if (m_settings.shortestEdge == 0)
        return resizeAsPillow(upright, m_settings.resizeWidth, m_settings.resizeHeight, m_settings.filter);
    const bool upended = upright.width <= upright.height;
    const int shorter = std::min(upright.width, upright.height);
    const int longer = std::max(upright.width, upright.height);
    const std::int64_t newLonger = scaledLongerSide(m_settings.shortestEdge, longer, shorter);
    if (newLonger * m_settings.shortestEdge > kMaxImagePixels)
        throw Error(ErrorKind::TooLarge,
                    "a picture of {} × {} pixels becomes {} × {} when its shorter side is resized to {}; crop it",
                    upright.width, upright.height, upended ? m_settings.shortestEdge : newLonger,
                    upended ? newLonger : m_settings.shortestEdge, m_settings.shortestEdge);
    const int edge = static_cast<int>(newLonger);
    return upended ? resizeAsPillow(upright, m_settings.shortestEdge, edge, m_settings.filter)
                   : resizeAsPillow(upright, edge, m_settings.shortestEdge, m_settings.filter);
}

PixelValues ImagePreprocessor::apply(const Image& upright) const
{
    if (upright.width < 1 || upright.height < 1)
        throw Error(ErrorKind::InvalidRequest, "the picture is empty");
    Image scratch;
    const Image* picture = &upright;
    if (m_settings.resize) {
        scratch = resized(upright);
        picture = &scratch;
    }
    // Edges onto edges: a resize maps the whole outline.
    const double scaleX = static_cast<double>(upright.width) / picture->width;
    const double scaleY = static_cast<double>(upright.height) / picture->height;
    int left = 0;
    int top = 0;
    if (m_settings.centerCrop) {
        left = halfRoundedDown(picture->width - m_settings.cropWidth);
        top = halfRoundedDown(picture->height - m_settings.cropHeight);
        scratch = cropped(*picture, left, top, m_settings.cropWidth, m_settings.cropHeight);
        picture = &scratch;
    }

    PixelValues result;
    result.width = picture->width;
    result.height = picture->height;
    result.pictureFromPixels = {scaleX, 0, left * scaleX, 0, scaleY, top * scaleY};
    const std::size_t pixels = static_cast<std::size_t>(result.width) * result.height;
    result.values.resize(pixels * 3); // [3, height, width]
    for (int channel = 0; channel < 3; ++channel) {
        const std::array<float, 256> table = channelTable(m_settings, channel);
        float* plane = &result.values[pixels * channel];
        for (std::size_t i = 0; i < pixels; ++i)
            plane[i] = table[picture->rgb[i * 3 + channel]];
    }
    return result;
}

} // namespace heedmap
