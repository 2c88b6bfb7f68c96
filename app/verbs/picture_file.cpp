#include "app/verbs/picture_file.h"

#include "core/base/error.h"
#include "core/base/files.h"

#include <QBuffer>
#include <QImage>

namespace heedmap {

void savePicture(const QImage& image, const std::string& path)
{
    QByteArray png;
    QBuffer buffer(&png);
    buffer.open(QIODevice::WriteOnly);
    if (!image.save(&buffer, "PNG"))
        throw Error(ErrorKind::Internal, "a picture of {} × {} pixels could not be encoded as PNG", image.width(),
                    image.height());
    writeFileAtomically(path, std::as_bytes(std::span(png.constData(), static_cast<std::size_t>(png.size()))));
}

} // namespace heedmap
