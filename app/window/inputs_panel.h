#pragma once

#include "app/session/session.h"
#include "app/window/sample_gallery.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;

namespace heedmap {

/// The left side: model, picture, question, Run with its progress, samples. Speaks to the session only.
class InputsPanel : public QWidget
{
    Q_OBJECT

public:
    explicit InputsPanel(Session& session, QWidget* parent = nullptr);

    QPlainTextEdit& question() { return *m_question; }
    QPushButton& runButton() { return *m_run; }
    SampleGallery& gallery() { return *m_gallery; }
    void setSamples(const std::vector<Sample>& samples);

signals:
    void openPictureRequested();
    void openModelRequested();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* buildModelCard();
    QWidget* buildPictureCard();
    QLayout* buildRunRow();
    QLayout* buildSamplesHeading();
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
    QPushButton* m_changeModel;
    QPushButton* m_picture;
    QPlainTextEdit* m_question;
    QPushButton* m_run;
    QPushButton* m_cancel;
    QProgressBar* m_progress;
    QLabel* m_stage;
    QLabel* m_wrong;
    SampleGallery* m_gallery;
};

} // namespace heedmap
