#pragma once

#include "app/session/session.h"
#include "widgets/context/playback.h"

#include <QWidget>

class QLabel;

namespace heedmap {

/// Where the question comes from when it was spoken: the recording, and who heard it. Hidden when it was typed.
class SpokenLine : public QWidget
{
    Q_OBJECT

public:
    /// Both must outlive the line.
    SpokenLine(Session& session, Playback& playback, QWidget* parent = nullptr);
    QString text() const;

private:
    void showSpeech();

    Session& m_session;
    QLabel* m_text;
};

} // namespace heedmap
