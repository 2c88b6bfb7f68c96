#pragma once

#include "widgets/context/playback.h"
#include "widgets/context/recording.h"

#include <QPushButton>

#include <memory>
#include <vector>

namespace heedmap {

/// The chosen recording as a small waveform, with the place that is heard now; a click opens another one.
class RecordingButton : public QPushButton
{
    Q_OBJECT

public:
    /// `playback` must outlive the button.
    explicit RecordingButton(Playback& playback, QWidget* parent = nullptr);
    /// Null: none. Its outline comes from a worker.
    void setRecording(std::shared_ptr<const Recording> recording);
    QSize sizeHint() const override { return QSize(200, 84); }
    QSize minimumSizeHint() const override { return QSize(80, 60); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintWaveform(QPainter& painter, const QRectF& inside) const;

    Playback& m_playback;
    std::shared_ptr<const Recording> m_recording;
    std::vector<float> m_peaks; ///< of equal parts of the recording, the loudest is 1
};

} // namespace heedmap
