#pragma once

#include "widgets/context/playback.h"

#include <QToolButton>

namespace heedmap {

/// Plays the whole recording, or stops it. Disabled, with the reason in its tool tip, where nothing can be heard.
class PlayButton : public QToolButton
{
    Q_OBJECT

public:
    /// `playback` must outlive the button.
    explicit PlayButton(Playback& playback, QWidget* parent = nullptr);

private:
    void showState();

    Playback& m_playback;
};

} // namespace heedmap
