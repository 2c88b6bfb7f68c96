#include "app/window/sound_playback.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr int kTickMilliseconds = 20;

} // namespace

SoundPlayback::SoundPlayback(SelectionModel& selection, std::unique_ptr<SoundOutput> output, QObject* parent)
    : Playback(parent), m_selection(selection), m_output(std::move(output))
{
    m_clock.setInterval(kTickMilliseconds);
    m_clock.setTimerType(Qt::PreciseTimer);
    connect(&m_clock, &QTimer::timeout, this, &SoundPlayback::follow);
    connect(&m_selection, &SelectionModel::recordingChanged, this, &SoundPlayback::takeRecording);
    connect(m_output.get(), &SoundOutput::availabilityChanged, this, &Playback::stateChanged);
    connect(m_output.get(), &SoundOutput::failed, this, [this](const QString& message) {
        stop();
        emit failed(message);
    });
}

SoundPlayback::~SoundPlayback()
{
    m_output->stop();
}

QString SoundPlayback::unavailableReason() const
{
    // The device is looked for only where there is something to play on it.
    return m_selection.recording() ? m_output->unavailableReason() : tr("There is no recording to listen to.");
}

void SoundPlayback::playAll()
{
    if (const auto& recording = m_selection.recording())
        play(0, recording->sound.seconds());
}

void SoundPlayback::play(double from, double to)
{
    const auto& recording = m_selection.recording();
    if (!unavailableReason().isEmpty() || !std::isfinite(from) || !std::isfinite(to))
        return;
    const Audio& sound = recording->sound;
    m_from = std::clamp(from, 0.0, sound.seconds());
    m_to = std::clamp(to, m_from, sound.seconds());
    const auto sampleAt = [&](double seconds) {
        return static_cast<std::size_t>(std::llround(seconds * sound.sampleRate));
    };
    // Shares the recording's lifetime: what is played may be replaced in the document meanwhile.
    const std::shared_ptr<const Audio> samples(recording, &sound);
    if (m_to <= m_from || !m_output->start(samples, sampleAt(m_from), sampleAt(m_to)))
        return stop();
    m_clock.start();
    moveTo(m_from);
    emit stateChanged();
}

void SoundPlayback::stop()
{
    if (!m_clock.isActive())
        return;
    m_clock.stop();
    m_output->stop();
    emit stateChanged();
}

void SoundPlayback::follow()
{
    const double now = m_from + m_output->playedSeconds();
    moveTo(std::clamp(now, m_from, m_to));
    if (now >= m_to)
        stop();
}

void SoundPlayback::takeRecording()
{
    stop();
    moveTo(0);
    emit stateChanged(); // what can be heard is another, or nothing
}

void SoundPlayback::moveTo(double seconds)
{
    m_position = seconds;
    emit positionChanged(seconds);
}

} // namespace heedmap
