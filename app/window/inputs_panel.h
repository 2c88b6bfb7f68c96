#pragma once

#include "app/session/session.h"
#include "app/window/sample_gallery.h"
#include "widgets/context/playback.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace heedmap {

class ModelNotes;
class RecordingCard;

/// The left side: model, what it takes (picture and question, or a recording), Run with its progress, samples. Speaks
/// to the session only.
class InputsPanel : public QWidget
{
    Q_OBJECT

public:
    /// Both must outlive the panel.
    InputsPanel(Session& session, Playback& playback, QWidget* parent = nullptr);

    QPlainTextEdit& question() { return *m_question; }
    QToolButton& speakButton() { return *m_speak; }
    ModelNotes& modelNotes() { return *m_notes; }
    RecordingCard& recording() { return *m_recording; }
    QPushButton& runButton() { return *m_run; }
    SampleGallery& gallery() { return *m_gallery; }
    void setSamples(const std::vector<Sample>& samples);
    void openSample(const Sample& sample);

signals:
    void openPictureRequested();
    void openRecordingRequested();
    void speakQuestionRequested();
    void openModelRequested();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* buildModelCard();
    QWidget* buildPictureCard();
    QLayout* buildRunRow();
    QLayout* buildSamplesHeading();
    QWidget* buildQuestionRow();
    void buildQuestion();
    void connectSession();
    void showModel();
    void showPicture();
    void showQuestion();
    void showEngine();
    void showRunning(bool running);
    void showProgress(const QString& stage, qint64 done, qint64 total);

    Session& m_session;
    QLabel* m_modelName;
    QLabel* m_modelType;
    QLabel* m_modelDetail;
    QLabel* m_engine;
    ModelNotes* m_notes;
    QPushButton* m_changeModel;
    QPushButton* m_picture;
    RecordingCard* m_recording;
    QPlainTextEdit* m_question;
    QToolButton* m_speak;
    QWidget* m_questionRow;
    QPushButton* m_run;
    QPushButton* m_cancel;
    QProgressBar* m_progress;
    QLabel* m_stage;
    QLabel* m_wrong;
    SampleGallery* m_gallery;
};

} // namespace heedmap
