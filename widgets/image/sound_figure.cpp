#include "widgets/image/sound_figure.h"

#include "widgets/image/color_bar_painter.h"
#include "widgets/image/sound_painter.h"

namespace heedmap {

namespace {

constexpr double kLanesWidth = 860;
constexpr double kGap = 16;
constexpr double kBarWidth = 14;
constexpr double kBarHeight = 160;

} // namespace

Figure figureOfSound(SoundFigure parts)
{
    const QFontMetricsF metrics(FigureStyle::defaultFont());
    const QRectF lanes(0, 0, kLanesWidth, comfortableSoundHeight(parts.scene, metrics));
    const QRectF bar(lanes.right() + kGap, 8, kBarWidth, std::min(kBarHeight, lanes.height() - 16));
    Figure figure;
    figure.title = parts.caption.value(0);
    figure.caption = parts.caption;
    figure.size =
        QSizeF(parts.colors ? bar.right() + colorBarLabelWidth(metrics, parts.scale) : lanes.right(), lanes.height());
    figure.paint = [parts = std::move(parts), lanes, bar](QPainter& painter, const FigureStyle& style) {
        painter.setFont(style.font);
        const SoundLayout layout = layoutSound(parts.scene, lanes, QFontMetricsF(style.font));
        const TimeAxis axis(parts.scene.whole, parts.visible, layout.left, layout.width());
        const SoundInk ink = SoundInk::fromStyle(style);
        paintSoundBackdrop(painter, layout, axis, parts.scene, ink);
        paintSoundLanes(painter, layout, axis, parts.scene, ink);
        painter.setPen(style.ink);
        if (parts.colors)
            paintColorBar(painter, bar, *parts.colors, parts.scale, style.ink);
    };
    return figure;
}

} // namespace heedmap
