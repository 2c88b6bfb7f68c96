#include "widgets/image/picture_image.h"

#include <cstring>

namespace heedmap {

QImage imageFromPicture(const Image& picture)
{
    QImage image(picture.width, picture.height, QImage::Format_RGB888);
    const std::size_t rowBytes = static_cast<std::size_t>(picture.width) * 3;
    for (int y = 0; y < image.height(); ++y)
        std::memcpy(image.scanLine(y), picture.pixel(0, y), rowBytes); // scan lines are padded, picture rows are not
    return image;
}

QImage imageFromHeat(const RgbaImage& heat)
{
    QImage image(heat.width, heat.height, QImage::Format_RGBA8888);
    const std::size_t rowBytes = static_cast<std::size_t>(heat.width) * 4;
    for (int y = 0; y < image.height(); ++y)
        std::memcpy(image.scanLine(y), heat.rgba.data() + static_cast<std::size_t>(y) * rowBytes, rowBytes);
    return image;
}

QImage opaqueImageFromHeat(const RgbaImage& heat)
{
    QImage image(heat.width, heat.height, QImage::Format_RGB32);
    const std::uint8_t* pixel = heat.rgba.data();
    for (int y = 0; y < image.height(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < image.width(); ++x, pixel += 4)
            line[x] = qRgb(pixel[0], pixel[1], pixel[2]);
    }
    return image;
}

QTransform transformFromAffine(const Affine& affine)
{
    // Qt multiplies row vectors: x' = m11·x + m21·y + dx.
    return QTransform(affine.a, affine.d, affine.b, affine.e, affine.c, affine.f);
}

QRectF rectFromRectF(const RectF& rect)
{
    return QRectF(rect.x, rect.y, rect.width, rect.height);
}

QImage decodePicture(std::span<const std::byte> file, const std::string& name)
{
    return imageFromPicture(decodeImage(file, name).upright);
}

const CaptureInput* pictureInput(const Capture& capture)
{
    const Manifest& manifest = capture.manifest();
    for (const auto& [id, axis] : manifest.axes)
        if (const AxisSegment* patches = axis.patchSegment())
            if (const CaptureInput* input = manifest.input(patches->input); input && input->kind == InputKind::Image)
                return input;
    for (const CaptureInput& input : manifest.inputs)
        if (input.kind == InputKind::Image)
            return &input;
    return nullptr;
}

QImage embeddedPicture(const Capture& capture)
{
    const CaptureInput* input = pictureInput(capture);
    if (!input || input->tensor.empty())
        return {};
    return decodePicture(capture.inputBytes(*input), input->name);
}

} // namespace heedmap
