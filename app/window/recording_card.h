#pragma once

#include "app/session/session.h"
#include "widgets/context/playback.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QSpinBox;

namespace heedmap {

class RecordingButton;

/// What a speech model is given: the recording, and how to listen to it where the model leaves a choice.
class RecordingCard : public QWidget
{
    Q_OBJECT

public:
    /// Both must outlive the card.
    RecordingCard(Session& session, Playback& playback, QWidget* parent = nullptr);

    QComboBox& language() { return *m_language; }
    QSpinBox& beams() { return *m_beams; }
    QCheckBox& timestamps() { return *m_timestamps; }
    RecordingButton& recording() { return *m_button; }

signals:
    void openRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QLayout* buildNames(Playback& playback);
    QLayout* buildOptions();
    void connectSession();
    void showRecording();
    void showName();
    void showChoices();
    void showOptions();
    void change(void (*edit)(SpeechOptions& options, const RecordingCard& card));

    Session& m_session;
    RecordingButton* m_button;
    QLabel* m_name;
    QLabel* m_detail;
    QComboBox* m_language;
    QSpinBox* m_beams;
    QCheckBox* m_timestamps;
};

} // namespace heedmap
