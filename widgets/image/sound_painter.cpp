#include "widgets/image/sound_painter.h"

#include "widgets/context/view_context.h"
#include "widgets/image/figure.h"

#include <algorithm>

namespace heedmap {

namespace {

/// Beside the lane; where rows are high enough, their own names instead of the lane's.
void paintNames(QPainter& painter, const SoundLayout& layout, SoundLane lane, const QStringList& rows,
                const SoundInk& ink)
{
    const QRectF area = layout.lane(lane);
    const QRectF place(layout.area.left(), area.top(), area.left() - layout.area.left() - 6, area.height());
    painter.setPen(ink.fainter);
    const QFont font = painter.font();
    const QFontMetricsF small(smallSoundFont(font));
    if (rows.isEmpty() || area.height() / static_cast<double>(rows.size()) < small.height() * 0.8) {
        painter.drawText(place, Qt::AlignRight | (area.height() > 30 ? Qt::AlignTop : Qt::AlignVCenter),
                         soundLaneName(lane));
        return;
    }
    painter.setFont(smallSoundFont(font));
    for (qsizetype row = 0; row < rows.size(); ++row) {
        const QRectF line = soundRowRect(place, static_cast<std::size_t>(rows.size()), static_cast<std::size_t>(row));
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter,
                         small.elidedText(rows[row].trimmed(), Qt::ElideRight, line.width()));
    }
    painter.setFont(font);
}

void paintHeightTicks(QPainter& painter, const SoundLayout& layout, const SoundScene& scene, const SoundInk& ink)
{
    const QRectF lane = layout.lane(SoundLane::Attention);
    const QFont font = painter.font();
    painter.setFont(smallSoundFont(font));
    const QFontMetricsF metrics(painter.font());
    painter.setPen(ink.fainter);
    double free = lane.bottom() + metrics.height(); // labels go up, none over another, none over the lane's name
    for (const ValueScale::Tick& tick : scene.heightTicks) {
        const double y = lane.bottom() - tick.position * lane.height();
        const double top = std::clamp(y - metrics.height() / 2, lane.top(), lane.bottom() - metrics.height());
        if (top + metrics.height() > free || top < lane.top() + metrics.height())
            continue;
        free = top;
        painter.drawText(QRectF(layout.area.left(), top, lane.left() - layout.area.left() - 6, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, QString::fromStdString(tick.label));
    }
    painter.setFont(font);
}

void paintGround(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundScene& scene,
                 const SoundInk& ink)
{
    painter.fillRect(lane, ink.ground);
    const QRectF behind(std::clamp(axis.x(scene.recordingEnd), lane.left(), lane.right()), lane.top(), lane.width(),
                        lane.height());
    QColor hatch = ink.fainter;
    hatch.setAlphaF(0.25F);
    painter.fillRect(behind.intersected(lane), QBrush(hatch, Qt::BDiagPattern));
}

/// Lanes over the shown window; those of other windows are fainter.
void paintOtherWindows(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundScene& scene,
                       const SoundInk& ink)
{
    if (scene.windows.size() < 2)
        return;
    for (const SoundScene::Window& window : scene.windows) {
        const QRectF place =
            QRectF(QPointF(axis.x(window.heard.start), lane.top()), QPointF(axis.x(window.heard.end), lane.bottom()))
                .intersected(lane);
        if (window.isShown) {
            painter.fillRect(QRectF(place.left(), lane.top(), place.width(), 2), ink.accent);
            continue;
        }
        QColor veil = ink.ground;
        veil.setAlphaF(0.45F);
        painter.fillRect(place, veil);
    }
}

void paintMarks(QPainter& painter, const SoundLayout& layout, const TimeAxis& axis, const SoundScene& scene,
                const SoundInk& ink)
{
    const QRectF all = layout.overTime();
    painter.save();
    painter.setClipRect(all, Qt::IntersectClip);
    if (scene.chosen) {
        QColor fill = ink.accent;
        fill.setAlphaF(0.18F);
        const QRectF span(QPointF(axis.x(scene.chosen->start), all.top()),
                          QPointF(axis.x(scene.chosen->end), all.bottom()));
        painter.fillRect(span, fill);
        painter.setPen(QPen(ink.accent, 1));
        painter.drawLine(span.topLeft(), span.bottomLeft());
        painter.drawLine(span.topRight(), span.bottomRight());
    }
    if (scene.moment) {
        const double left = axis.x(scene.moment->start);
        const double right = std::max(axis.x(scene.moment->end), left + 1);
        painter.setPen(QPen(ink.mark, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(QPointF(left, all.top()), QPointF(right, all.bottom())));
    }
    painter.restore();
}

/// The part of a lane's row that its positions fill.
QRectF rowOver(const QRectF& lane, std::size_t rows, std::size_t row, const TimeAxis& axis,
               const SoundPositions& positions)
{
    const QRectF whole = soundRowRect(lane, rows, row);
    const TimeSpan span = positions.span();
    return QRectF(QPointF(axis.x(span.start), whole.top()), QPointF(axis.x(span.end), whole.bottom()))
        .intersected(whole)
        .adjusted(1, 0, -1, 0);
}

void paintHeads(QPainter& painter, const SoundLayout& layout, const TimeAxis& axis, const SoundScene& scene,
                const SoundInk& ink)
{
    const QRectF lane = layout.lane(SoundLane::Heads);
    if (lane.isEmpty() || !scene.heads)
        return;
    paintSoundHeat(painter, lane, axis, scene.positions, scene.heads->heat);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(ink.accent, 2));
    for (std::size_t row = 0; row < scene.heads->isShown.size(); ++row)
        if (scene.heads->isShown[row])
            painter.drawRect(rowOver(lane, scene.heads->heat.rows, row, axis, scene.positions));
    paintNames(painter, layout, SoundLane::Heads, scene.heads->names, ink);
}

void paintMap(QPainter& painter, const SoundLayout& layout, const TimeAxis& axis, const SoundScene& scene,
              const SoundInk& ink)
{
    const QRectF lane = layout.lane(SoundLane::Map);
    if (lane.isEmpty() || !scene.map)
        return;
    paintSoundHeat(painter, lane, axis, scene.positions, scene.map->heat);
    paintWarpingPath(painter, lane, axis, *scene.map, ink);
    painter.setBrush(Qt::NoBrush);
    for (std::size_t row = 0; row < scene.map->tokens.size(); ++row)
        if (const QColor& frame = scene.tokens[scene.map->tokens[row]].frame; frame.isValid()) {
            painter.setPen(QPen(frame, 1.4));
            painter.drawRect(rowOver(lane, scene.map->heat.rows, row, axis, scene.positions));
        }
    paintNames(painter, layout, SoundLane::Map, scene.map->names, ink);
}

} // namespace

SoundInk SoundInk::fromPalette(const QPalette& palette)
{
    return {palette.color(QPalette::Active, QPalette::Text), palette.color(QPalette::Disabled, QPalette::Text),
            palette.color(QPalette::Button), palette.color(QPalette::Highlight), ViewContext::markColor()};
}

SoundInk SoundInk::fromStyle(const FigureStyle& style)
{
    return {style.ink, style.fainter, QColor(0xf1, 0xf3, 0xf5), style.accent, ViewContext::markColor()};
}

void paintSoundBackdrop(QPainter& painter, const SoundLayout& layout, const TimeAxis& axis, const SoundScene& scene,
                        const SoundInk& ink)
{
    for (const auto& [lane, paint] :
         {std::pair{SoundLane::Waveform, &paintWaveform}, std::pair{SoundLane::Mel, &paintLogMel}}) {
        const QRectF area = layout.lane(lane);
        if (area.isEmpty())
            continue;
        painter.save();
        painter.setClipRect(area, Qt::IntersectClip);
        paintGround(painter, area, axis, scene, ink);
        paint(painter, area, axis, scene, ink);
        paintOtherWindows(painter, area, axis, scene, ink);
        painter.restore();
        paintNames(painter, layout, lane, {}, ink);
    }
}

void paintSoundLanes(QPainter& painter, const SoundLayout& layout, const TimeAxis& axis, const SoundScene& scene,
                     const SoundInk& ink)
{
    if (const QRectF lane = layout.lane(SoundLane::Ruler); !lane.isEmpty())
        paintRuler(painter, lane, axis, ink);
    if (const QRectF lane = layout.lane(SoundLane::Attention); !lane.isEmpty()) {
        paintGround(painter, lane, axis, scene, ink);
        paintSoundCurves(painter, lane, axis, scene, ink);
        paintNames(painter, layout, SoundLane::Attention, {}, ink);
        paintHeightTicks(painter, layout, scene, ink);
    }
    paintHeads(painter, layout, axis, scene, ink);
    paintMap(painter, layout, axis, scene, ink);
    if (const QRectF lane = layout.lane(SoundLane::Tokens); !lane.isEmpty()) {
        paintSoundTokens(painter, lane, axis, scene, ink);
        paintNames(painter, layout, SoundLane::Tokens, {}, ink);
    }
    if (const QRectF lane = layout.lane(SoundLane::Specials); !lane.isEmpty()) {
        paintSoundSpecials(painter, lane, scene, ink);
        paintNames(painter, layout, SoundLane::Specials, {}, ink);
    }
    paintMarks(painter, layout, axis, scene, ink);
}

void paintSoundCursor(QPainter& painter, const SoundLayout& layout, const TimeAxis& axis, const SoundScene& scene,
                      const SoundInk& ink)
{
    if (!scene.cursor)
        return;
    const QRectF all = layout.overTime();
    const double x = axis.x(*scene.cursor);
    painter.save();
    painter.setClipRect(all, Qt::IntersectClip);
    painter.setPen(QPen(ink.ink, kSoundCursorWidth));
    painter.drawLine(QPointF(x, all.top()), QPointF(x, all.bottom()));
    painter.restore();
}

} // namespace heedmap
