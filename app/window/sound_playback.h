#pragma once

#include "app/window/sound_output.h"
#include "widgets/context/playback.h"
#include "widgets/context/selection_model.h"

#include <QTimer>

#include <memory>

namespace heedmap {

/// The recording of a selection, on an output. Another recording, or none, ends what is being played.
class SoundPlayback : public Playback
{
    Q_OBJECT

public:
    /// `selection` must outlive this.
    SoundPlayback(SelectionModel& selection, std::unique_ptr<SoundOutput> output, QObject* parent = nullptr);
    ~SoundPlayback() override;

    void play(double from, double to) override;
    void playAll() override;
    void stop() override;
    bool isPlaying() const override { return m_clock.isActive(); }
    double position() const override { return m_position; }
    QString unavailableReason() const override;

private:
    void follow();
    void takeRecording();
    void moveTo(double seconds);

    SelectionModel& m_selection;
    std::unique_ptr<SoundOutput> m_output;
    QTimer m_clock; ///< runs while something is played
    double m_from = 0;
    double m_to = 0;
    double m_position = 0;
};

} // namespace heedmap
