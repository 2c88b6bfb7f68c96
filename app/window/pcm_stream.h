#pragma once

#include "core/media/audio.h"

#include <QAudioFormat>
#include <QIODevice>

#include <memory>

namespace heedmap {

/// A part of a recording as the bytes an audio device takes: in its rate, by straight lines between samples; the same
/// in each of its channels. Silence follows the end, for as long as it is read: what is heard ends by the clock.
class PcmStream : public QIODevice
{
    Q_OBJECT

public:
    /// Samples [first, last), held within the recording.
    PcmStream(std::shared_ptr<const Audio> sound, std::size_t first, std::size_t last, const QAudioFormat& format,
              QObject* parent = nullptr);

    bool isSequential() const override { return true; }
    qint64 bytesAvailable() const override;

protected:
    qint64 readData(char* data, qint64 maxSize) override;
    qint64 writeData(const char*, qint64) override { return -1; }

private:
    double valueAt(qint64 frame) const;

    std::shared_ptr<const Audio> m_sound;
    std::size_t m_first;
    std::size_t m_last;
    QAudioFormat m_format;
    qint64 m_frame = 0; ///< of the device, the next one
};

} // namespace heedmap
