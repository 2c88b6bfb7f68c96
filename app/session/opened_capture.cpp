#include "app/session/opened_capture.h"

#include "app/session/recording_file.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/capture/captured_text.h"
#include "widgets/context/map_navigation.h"
#include "widgets/image/picture_image.h"

#include <algorithm>

namespace heedmap {

namespace {

QByteArray embeddedBytes(const Capture& capture, const CaptureInput& input)
{
    const std::vector<std::byte> bytes = capture.inputBytes(input);
    return QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size()));
}

Picture embeddedPictureOf(const Capture& capture, const CaptureInput& input)
{
    Picture picture;
    picture.bytes = embeddedBytes(capture, input);
    picture.name = QString::fromStdString(input.name);
    const auto bytes = std::as_bytes(std::span(picture.bytes));
    picture.sha256 = sha256Hex(bytes);
    picture.image = decodePicture(bytes, input.name);
    return picture;
}

/// What cannot be shown of a capture is said; the attention in it is still worth seeing.
template <typename Read>
void tryToRead(QString& warning, Read read)
{
    try {
        read();
    } catch (const Error& error) {
        warning = QString::fromStdString(error.what());
    }
}

} // namespace

QString questionOf(const Capture& capture)
{
    for (const CaptureInput& input : capture.manifest().inputs)
        if (input.kind == InputKind::Text)
            return QString::fromStdString(input.text);
    return {};
}

QString transcriptOf(const Capture& capture)
{
    const std::optional<CapturedText> heard = heardText(capture);
    return heard ? QString::fromStdString(heard->text).simplified() : QString();
}

const CaptureInput* recordingInput(const Capture& capture)
{
    const std::vector<CaptureInput>& inputs = capture.manifest().inputs;
    const auto found = std::ranges::find(inputs, InputKind::Audio, &CaptureInput::kind);
    return found == inputs.end() ? nullptr : &*found;
}

std::shared_ptr<const Recording> embeddedRecording(const Capture& capture,
                                                   const std::shared_ptr<const Recording>& known, QString& warning)
{
    const CaptureInput* sound = recordingInput(capture);
    if (sound && known && sound->sha256 == known->sha256)
        return known;
    std::shared_ptr<const Recording> recording;
    if (sound && !sound->tensor.empty())
        tryToRead(warning, [&] {
            recording = recordingFromBytes(embeddedBytes(capture, *sound), QString::fromStdString(sound->name));
        });
    return recording;
}

OpenedCapture contentsOf(std::shared_ptr<const Capture> capture, const std::shared_ptr<const Recording>& known)
{
    OpenedCapture opened;
    opened.selection = initialSelection(*capture);
    opened.question = questionOf(*capture);
    if (const CaptureInput* input = pictureInput(*capture); input && !input->tensor.empty())
        tryToRead(opened.warning, [&] { opened.picture = embeddedPictureOf(*capture, *input); });
    opened.recording = embeddedRecording(*capture, known, opened.warning);
    opened.capture = std::move(capture);
    return opened;
}

OpenedCapture readCapture(const QString& path, const std::shared_ptr<const Recording>& known)
{
    return contentsOf(Capture::open(path.toStdString()), known);
}

} // namespace heedmap
