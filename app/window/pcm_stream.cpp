#include "app/window/pcm_stream.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace heedmap {

namespace {

template <typename Number>
void put(char* place, double value)
{
    const auto number = static_cast<Number>(value);
    std::memcpy(place, &number, sizeof number);
}

/// `value` from -1 to 1.
void putSample(char* place, QAudioFormat::SampleFormat format, double value)
{
    switch (format) {
    case QAudioFormat::UInt8:
        return put<quint8>(place, std::round(128 + 127 * value));
    case QAudioFormat::Int16:
        return put<qint16>(place, std::round(32767 * value));
    case QAudioFormat::Int32:
        return put<qint32>(place, std::round(2147483647.0 * value));
    default:
        return put<float>(place, value);
    }
}

} // namespace

PcmStream::PcmStream(std::shared_ptr<const Audio> sound, std::size_t first, std::size_t last,
                     const QAudioFormat& format, QObject* parent)
    : QIODevice(parent), m_sound(std::move(sound)), m_first(std::min(first, m_sound->samples.size())),
      m_last(std::clamp(last, m_first, m_sound->samples.size())), m_format(format)
{
    open(QIODevice::ReadOnly | QIODevice::Unbuffered);
}

qint64 PcmStream::bytesAvailable() const
{
    return m_format.bytesForDuration(1'000'000) + QIODevice::bytesAvailable(); // always: silence follows
}

double PcmStream::valueAt(qint64 frame) const
{
    const double place = static_cast<double>(frame) * m_sound->sampleRate / m_format.sampleRate();
    const double whole = std::floor(place);
    const std::size_t index = m_first + static_cast<std::size_t>(whole);
    const auto sample = [&](std::size_t i) { return i < m_last ? static_cast<double>(m_sound->samples[i]) : 0.0; };
    const double value = sample(index) + (place - whole) * (sample(index + 1) - sample(index));
    return std::clamp(value, -1.0, 1.0);
}

qint64 PcmStream::readData(char* data, qint64 maxSize)
{
    const int frameBytes = m_format.bytesPerFrame();
    const int sampleBytes = m_format.bytesPerSample();
    if (frameBytes <= 0)
        return -1;
    const qint64 frames = maxSize / frameBytes;
    for (qint64 i = 0; i < frames; ++i, ++m_frame) {
        const double value = valueAt(m_frame);
        for (int channel = 0; channel < m_format.channelCount(); ++channel)
            putSample(data + i * frameBytes + channel * sampleBytes, m_format.sampleFormat(), value);
    }
    return frames * frameBytes;
}

} // namespace heedmap
