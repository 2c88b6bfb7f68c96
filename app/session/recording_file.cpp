#include "app/session/recording_file.h"

#include "core/base/error.h"
#include "core/base/files.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <cmath>

namespace heedmap {

namespace {

constexpr int kSampleRate = 16'000;

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::Recording", text);
}

std::span<const std::byte> bytesOf(const QByteArray& bytes)
{
    return std::as_bytes(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}

QString durationText(double seconds)
{
    if (seconds < 60)
        return tr("%1 s").arg(seconds, 0, 'f', seconds < 10 ? 2 : 1);
    const auto whole = std::llround(seconds);
    return tr("%1:%2 min").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
}

} // namespace

std::shared_ptr<const Recording> recordingFromBytes(QByteArray bytes, const QString& name)
{
    Recording recording;
    recording.name = name;
    recording.header = readAudioHeader(bytesOf(bytes), name.toStdString());
    recording.sound = decodeAudio(bytesOf(bytes), name.toStdString(), kSampleRate);
    recording.sha256 = sha256Hex(bytesOf(bytes));
    recording.bytes = std::move(bytes);
    return std::make_shared<const Recording>(std::move(recording));
}

std::shared_ptr<const Recording> recordingFromFile(const QString& path)
{
    const std::vector<std::byte> bytes = readFile(path.toStdString(), kMaxAudioBytes);
    std::shared_ptr<const Recording> recording = recordingFromBytes(
        QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size())),
        QFileInfo(path).fileName());
    requireAudible(recording->sound, recording->name.toStdString());
    return recording;
}

QString recordingDetail(const Recording& recording)
{
    const AudioHeader& header = recording.header;
    const QString channels = header.channels == 1   ? tr("mono")
                             : header.channels == 2 ? tr("stereo")
                                                    : tr("%1 channels").arg(header.channels);
    return tr("%1 · %2 Hz · %3").arg(durationText(recording.sound.seconds())).arg(header.sampleRate).arg(channels);
}

} // namespace heedmap
