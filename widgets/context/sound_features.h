#pragma once

#include "core/media/log_mel.h"
#include "widgets/context/newest_task.h"
#include "widgets/context/recording.h"
#include "widgets/context/time_span.h"

#include <QObject>
#include <QString>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace heedmap {

/// The smallest and largest sample of every kEnvelopeBlock, so that hours can be drawn at once.
struct SoundEnvelope
{
    std::vector<std::pair<float, float>> blocks;
    float peak = 0; ///< largest of all, without sign
};
constexpr std::size_t kEnvelopeBlock = 64;

SoundEnvelope envelopeOf(const Audio& sound);
/// The smallest and largest of samples [first, last), by blocks where there are many.
std::pair<float, float> extremesOf(const Audio& sound, const SoundEnvelope& envelope, std::size_t first,
                                   std::size_t last);

/// The log-mel features a part of a recording is drawn with.
struct SoundMel
{
    MelFeatures features;
    TimeSpan span; ///< they are of
    float low = 0; ///< smallest and largest value
    float high = 1;
};
/// What they are, for a tool tip: the front end's parameters.
QString melParameters();

/// Makes them on a worker; what is wanted last counts. Lives in the GUI thread.
class SoundFeatures : public QObject
{
    Q_OBJECT

public:
    explicit SoundFeatures(QObject* parent = nullptr) : QObject(parent), m_envelopes(this), m_mels(this) {}

    /// Null: none. What is known of another one is dropped.
    void setRecording(std::shared_ptr<const Recording> recording);
    const std::shared_ptr<const Recording>& recording() const { return m_recording; }
    /// Null: on its way (arrived() says when it is there), or no recording.
    const std::shared_ptr<const SoundEnvelope>& envelope() const { return m_envelope; }
    /// What is known that covers `visible`; asks for it where nothing does. Null: on its way, or reasonForNoMel().
    std::shared_ptr<const SoundMel> mel(const TimeSpan& visible);
    QString reasonForNoMel() const;

    static constexpr double kMostMelSeconds = 5 * 60; ///< at once

signals:
    void arrived();

private:
    std::shared_ptr<const Recording> m_recording;
    std::shared_ptr<const SoundEnvelope> m_envelope;
    std::shared_ptr<const SoundMel> m_mel;
    std::optional<TimeSpan> m_askedMel;
    QString m_failure; ///< of m_askedMel
    bool m_tooLong = false;
    NewestTask m_envelopes;
    NewestTask m_mels;
};

} // namespace heedmap
