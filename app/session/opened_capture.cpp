#include "app/session/opened_capture.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "widgets/context/map_navigation.h"
#include "widgets/image/picture_image.h"

namespace heedmap {

QString questionOf(const Capture& capture)
{
    for (const CaptureInput& input : capture.manifest().inputs)
        if (input.kind == InputKind::Text)
            return QString::fromStdString(input.text);
    return {};
}

OpenedCapture readCapture(const QString& path)
{
    OpenedCapture opened;
    opened.capture = Capture::open(path.toStdString());
    opened.selection = initialSelection(*opened.capture);
    opened.question = questionOf(*opened.capture);
    if (const CaptureInput* input = pictureInput(*opened.capture); input && !input->tensor.empty()) {
        const std::vector<std::byte> bytes = opened.capture->inputBytes(*input);
        opened.picture.bytes =
            QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size()));
        opened.picture.name = QString::fromStdString(input->name);
        opened.picture.sha256 = sha256Hex(bytes);
        try {
            opened.picture.image = decodePicture(bytes, input->name);
        } catch (const Error& error) { // the attention in it is still worth seeing
            opened.picture = {};
            opened.warning = QString::fromStdString(error.what());
        }
    }
    return opened;
}

} // namespace heedmap
