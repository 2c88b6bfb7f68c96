#include "app/window/sound_output.h"

#include "app/window/pcm_stream.h"

#include <QAudioDevice>
#include <QAudioSink>
#include <QMediaDevices>

#include <algorithm>

namespace heedmap {

namespace {

constexpr int kBufferMilliseconds = 100; ///< short, so that what is heard and what is shown stay together

/// The recording's own rate where the device plays it, else what the device likes best.
QAudioFormat formatFor(const QAudioDevice& device, int sampleRate)
{
    QAudioFormat format;
    format.setSampleRate(sampleRate);
    format.setChannelCount(1);
    format.setSampleFormat(QAudioFormat::Int16);
    return device.isFormatSupported(format) ? format : device.preferredFormat();
}

} // namespace

DeviceOutput::DeviceOutput(QObject* parent) : SoundOutput(parent) {}

DeviceOutput::~DeviceOutput()
{
    stop();
}

QString DeviceOutput::unavailableReason() const
{
    if (!m_devices) {
        const auto look = [this] { m_hasDevice = !QMediaDevices::defaultAudioOutput().isNull(); };
        m_devices = std::make_unique<QMediaDevices>();
        look();
        connect(m_devices.get(), &QMediaDevices::audioOutputsChanged, m_devices.get(), look);
        connect(m_devices.get(), &QMediaDevices::audioOutputsChanged, this, &SoundOutput::availabilityChanged);
    }
    return m_hasDevice ? QString() : tr("There is no audio device: connect one, or start the sound server, to listen.");
}

bool DeviceOutput::start(std::shared_ptr<const Audio> sound, std::size_t first, std::size_t last)
{
    stop();
    const QAudioDevice device = QMediaDevices::defaultAudioOutput();
    if (device.isNull())
        return false;
    const QAudioFormat format = formatFor(device, sound->sampleRate);
    m_stream = std::make_unique<PcmStream>(std::move(sound), first, last, format);
    m_sink = std::make_unique<QAudioSink>(device, format);
    m_sink->setBufferSize(format.bytesForDuration(qint64{1000} * kBufferMilliseconds));
    connect(m_sink.get(), &QAudioSink::stateChanged, this, [this](QAudio::State) {
        if (m_sink && m_sink->error() != QAudio::NoError && m_sink->error() != QAudio::UnderrunError)
            emit failed(tr("The audio device stopped playing."));
    });
    m_sink->start(m_stream.get());
    if (m_sink->error() == QAudio::NoError)
        return true;
    stop();
    emit failed(tr("The audio device “%1” cannot be opened; another program may hold it.").arg(device.description()));
    return false;
}

void DeviceOutput::stop()
{
    if (m_sink) {
        m_sink->disconnect(this);
        m_sink->stop();
        m_sink.release()->deleteLater(); // it may be the one that is calling
    }
    if (m_stream)
        m_stream.release()->deleteLater();
}

double DeviceOutput::playedSeconds() const
{
    return m_sink ? static_cast<double>(m_sink->processedUSecs()) / 1e6 : 0;
}

} // namespace heedmap
