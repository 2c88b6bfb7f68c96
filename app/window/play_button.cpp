#include "app/window/play_button.h"

#include "app/window/icons.h"

namespace heedmap {

PlayButton::PlayButton(Playback& playback, QWidget* parent) : QToolButton(parent), m_playback(playback)
{
    setObjectName("choice");
    setAccessibleName(tr("Listen"));
    connect(this, &QToolButton::clicked, this, [this] {
        if (m_playback.isPlaying())
            m_playback.stop();
        else
            m_playback.playAll();
    });
    connect(&m_playback, &Playback::stateChanged, this, &PlayButton::showState);
    showState();
}

void PlayButton::showState()
{
    const QString reason = m_playback.unavailableReason();
    const bool playing = m_playback.isPlaying();
    setEnabled(reason.isEmpty());
    setIcon(themedIcon(playing ? QStringLiteral("cancel") : QStringLiteral("run")));
    setToolTip(!reason.isEmpty() ? reason : playing ? tr("Stop") : tr("Listen to the recording"));
}

} // namespace heedmap
