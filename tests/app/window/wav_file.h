#pragma once

#include <QByteArray>
#include <QDataStream>
#include <QIODevice>

#include <cmath>
#include <cstdint>
#include <vector>

namespace heedmap::test {

/// A RIFF/WAVE file of one channel, 16 bits, written out by the format's definition.
inline QByteArray wavFile(const std::vector<std::int16_t>& samples, quint32 rate)
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setByteOrder(QDataStream::LittleEndian);
    const auto dataBytes = static_cast<quint32>(2 * samples.size());
    stream.writeRawData("RIFF", 4);
    stream << quint32(36 + dataBytes);
    stream.writeRawData("WAVEfmt ", 8);
    stream << quint32(16) << quint16(1) << quint16(1) << rate << quint32(2 * rate) << quint16(2) << quint16(16);
    stream.writeRawData("data", 4);
    stream << dataBytes;
    for (const std::int16_t sample : samples)
        stream << qint16(sample);
    return bytes;
}

inline QByteArray toneFile(double seconds, quint32 rate = 16'000)
{
    std::vector<std::int16_t> samples(static_cast<std::size_t>(seconds * rate));
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = static_cast<std::int16_t>(9000 * std::sin(0.1 * static_cast<double>(i)));
    return wavFile(samples, rate);
}

} // namespace heedmap::test
