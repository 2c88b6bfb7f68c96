#pragma once

#include "core/capture/capture.h"
#include "core/media/image.h"
#include "core/render/heat.h"

#include <QImage>
#include <QRectF>
#include <QTransform>

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace heedmap {

/// Copies; thread-safe. Format_RGB888.
QImage imageFromPicture(const Image& picture);
/// Copies. Format_RGBA8888 (not premultiplied).
QImage imageFromHeat(const RgbaImage& heat);
/// Copies without opacity: Format_RGB32, which is shown as it is.
QImage opaqueImageFromHeat(const RgbaImage& heat);
QTransform transformFromAffine(const Affine& affine);
QRectF rectFromRectF(const RectF& rect);

/// Decodes an encoded picture upright, exactly as the model gets it. Worker threads welcome. Errors: as decodeImage.
QImage decodePicture(std::span<const std::byte> file, const std::string& name);
/// The picture input a capture's patches lie on (else its first one), or null.
const CaptureInput* pictureInput(const Capture& capture);
/// The embedded picture of a capture; null image when it has none. Errors: as decodeImage, InvalidFile.
QImage embeddedPicture(const Capture& capture);

} // namespace heedmap
