#pragma once

#include "widgets/image/figure.h"
#include "widgets/image/sound_scene.h"

#include <QStringList>

namespace heedmap {

/// The lane outside the window: what was in sight, and the colour bar that its colours and curves share.
struct SoundFigure
{
    SoundScene scene;
    TimeSpan visible;
    const ColorMap* colors = nullptr; ///< of the bar; null: none
    ValueScale scale;
    QStringList caption; ///< the first line is the title
};

Figure figureOfSound(SoundFigure parts);

} // namespace heedmap
