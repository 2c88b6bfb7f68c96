#include "app/window/spoken_line.h"

#include "app/window/play_button.h"

#include <QHBoxLayout>
#include <QLabel>

namespace heedmap {

SpokenLine::SpokenLine(Session& session, Playback& playback, QWidget* parent)
    : QWidget(parent), m_session(session), m_text(new QLabel)
{
    m_text->setObjectName("muted");
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_text, 1);
    row->addWidget(new PlayButton(playback));
    for (auto signal : {&Session::speechChanged, &Session::recordingChanged})
        connect(&m_session, signal, this, &SpokenLine::showSpeech);
    showSpeech();
}

QString SpokenLine::text() const
{
    return m_text->text();
}

void SpokenLine::showSpeech()
{
    const Document& document = m_session.document();
    setVisible(document.speech && document.recording);
    if (!document.speech || !document.recording)
        return;
    m_text->setText(tr("%1, heard by the model %2")
                        .arg(document.recording->name, QString::fromStdString(document.speech->manifest().model.name)));
    m_text->setToolTip(recordingDetail(*document.recording));
}

} // namespace heedmap
