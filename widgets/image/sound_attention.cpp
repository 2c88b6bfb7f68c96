// Attention over time: curves, rows of colours, and the path that times come from.

#include "widgets/image/figure.h"
#include "widgets/image/sound_painter.h"

#include <QImage>
#include <QPolygonF>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace heedmap {

namespace {

constexpr double kFillOpacity = 0.35;
constexpr double kMostShapes = 60'000; ///< of a figure; above, it holds pixels

/// Indices [first, last) of the positions that share a pixel with [x, x + 1); empty beside them.
std::pair<std::int64_t, std::int64_t> positionsAt(const TimeAxis& axis, const SoundPositions& positions, double x)
{
    const double first = (axis.seconds(x) - positions.startSeconds) / positions.secondsPerPosition;
    const double last = (axis.seconds(x + 1) - positions.startSeconds) / positions.secondsPerPosition;
    const auto count = static_cast<double>(positions.count);
    if (last <= 0 || first >= count)
        return {0, 0};
    const auto from = static_cast<std::int64_t>(std::clamp(std::floor(first + 1e-9), 0.0, count - 1));
    const auto to = static_cast<std::int64_t>(std::clamp(std::ceil(last - 1e-9), 0.0, count));
    return {from, std::max(to, from + 1)};
}

float strongest(std::span<const float> values)
{
    float most = std::numeric_limits<float>::quiet_NaN();
    for (const float value : values)
        if (!std::isnan(value) && !(most >= value))
            most = value;
    return most;
}

/// Pixels of a lane that positions lie in.
std::pair<int, int> pixelsOf(const QRectF& lane, const TimeAxis& axis, const SoundPositions& positions)
{
    const TimeSpan span = common(positions.span(), axis.visible());
    if (span.isEmpty())
        return {0, 0};
    return {static_cast<int>(std::floor(std::max(axis.x(span.start), lane.left()))),
            static_cast<int>(std::ceil(std::min(axis.x(span.end), lane.right())))};
}

void paintCurve(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundPositions& positions,
                const SoundScene::Curve& curve)
{
    const auto [first, last] = pixelsOf(lane, axis, positions);
    if (last <= first || static_cast<std::int64_t>(curve.heights.size()) < positions.count)
        return;
    QPolygonF line;
    for (int x = first; x < last; ++x) {
        const auto [from, to] = positionsAt(axis, positions, x);
        if (to <= from)
            continue;
        const float height = strongest(
            std::span(curve.heights).subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)));
        const double y =
            lane.bottom() - std::clamp(std::isnan(height) ? 0.0 : double(height), 0.0, 1.0) * lane.height();
        if (line.size() >= 2 && line.back().y() == y && line[line.size() - 2].y() == y)
            line.back().setX(x + 1);
        else
            line << QPointF(x, y) << QPointF(x + 1, y);
    }
    if (line.isEmpty())
        return;
    QColor fill = curve.color;
    fill.setAlphaF(static_cast<float>(kFillOpacity));
    QPolygonF area = line;
    area << QPointF(line.back().x(), lane.bottom()) << QPointF(line.front().x(), lane.bottom());
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawPolygon(area);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(curve.color, 1.4));
    painter.drawPolyline(line);
}

/// Of all curves between two pixels; 0 where there is none.
float highestBetween(const TimeAxis& axis, const SoundScene& scene, double left, double right)
{
    float most = 0;
    for (const SoundScene::Curve& curve : scene.curves) {
        const SoundPositions positions = curve.positions.value_or(scene.positions);
        if (static_cast<std::int64_t>(curve.heights.size()) < positions.count)
            continue;
        for (double x = left; x < right; ++x) {
            const auto [from, to] = positionsAt(axis, positions, x);
            for (std::int64_t i = from; i < to; ++i)
                most = std::max(most, curve.heights[static_cast<std::size_t>(i)]); // a NaN is passed over
        }
    }
    return most;
}

/// Where no curve is, in the middle of the lane; else on that side on top where the curves stand lower.
void paintNote(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundScene& scene,
               const SoundInk& ink)
{
    painter.setPen(ink.fainter);
    const QRectF room = lane.adjusted(6, 2, -6, -2);
    if (scene.curves.empty()) {
        painter.drawText(room, int(Qt::AlignVCenter | Qt::AlignLeft) | Qt::TextWordWrap, scene.attentionNote);
        return;
    }
    const int right = int(Qt::AlignTop | Qt::AlignRight) | Qt::TextWordWrap;
    const int left = int(Qt::AlignTop | Qt::AlignLeft) | Qt::TextWordWrap;
    const QRectF onTheRight = painter.boundingRect(room, right, scene.attentionNote);
    const QRectF onTheLeft = painter.boundingRect(room, left, scene.attentionNote);
    const auto under = [&](const QRectF& note) { return highestBetween(axis, scene, note.left(), note.right()); };
    const bool isLeft = under(onTheLeft) < under(onTheRight);
    QColor plate = ink.ground;
    plate.setAlphaF(0.75F);
    painter.fillRect((isLeft ? onTheLeft : onTheRight).adjusted(-3, 0, 3, 0), plate);
    painter.drawText(room, isLeft ? left : right, scene.attentionNote);
}

QRgb colorOf(const SoundHeat& heat, float place)
{
    if (std::isnan(place) || !heat.colors)
        return qRgba(0, 0, 0, 0);
    const Rgb color = heat.colors->at(double(place));
    return qRgb(color.r, color.g, color.b);
}

void paintHeatShapes(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundPositions& positions,
                     const SoundHeat& heat)
{
    painter.setPen(Qt::NoPen);
    for (std::size_t row = 0; row < heat.rows; ++row) {
        const QRectF strip = soundRowRect(lane, heat.rows, row);
        for (std::int64_t begin = 0; begin < positions.count;) {
            const auto place = [&](std::int64_t at) {
                return colorOf(
                    heat, heat.places[row * static_cast<std::size_t>(positions.count) + static_cast<std::size_t>(at)]);
            };
            std::int64_t end = begin + 1;
            while (end < positions.count && place(end) == place(begin))
                ++end;
            const double left = std::max(axis.x(positions.spanOf(positions.first + begin).start), lane.left());
            const double right = std::min(axis.x(positions.spanOf(positions.first + end - 1).end), lane.right());
            if (right > left && qAlpha(place(begin)) > 0)
                painter.fillRect(QRectF(left, strip.top(), right - left, strip.height()), QColor(place(begin)));
            begin = end;
        }
    }
}

} // namespace

void paintSoundCurves(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundScene& scene,
                      const SoundInk& ink)
{
    const QFontMetricsF metrics(painter.font());
    painter.save();
    painter.setClipRect(lane, Qt::IntersectClip);
    QColor line = ink.fainter;
    line.setAlphaF(0.3F);
    painter.setPen(QPen(line, 1));
    for (const ValueScale::Tick& tick : scene.heightTicks) {
        const double y = lane.bottom() - tick.position * lane.height();
        painter.drawLine(QPointF(lane.left(), y), QPointF(lane.right(), y));
    }
    for (const SoundScene::Curve& curve : scene.curves)
        paintCurve(painter, lane, axis, curve.positions.value_or(scene.positions), curve);
    if (!scene.attentionNote.isEmpty())
        paintNote(painter, lane, axis, scene, ink);
    painter.restore();
}

void paintSoundHeat(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundPositions& positions,
                    const SoundHeat& heat)
{
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(positions.count, 0));
    if (heat.rows == 0 || count == 0 || heat.places.size() < heat.rows * count)
        return;
    if (writesShapes(painter) && static_cast<double>(heat.rows) * static_cast<double>(count) <= kMostShapes)
        return paintHeatShapes(painter, lane, axis, positions, heat);
    const auto [first, last] = pixelsOf(lane, axis, positions);
    const int lines = std::min(static_cast<int>(heat.rows), std::max(1, static_cast<int>(std::ceil(lane.height()))));
    if (last <= first)
        return;
    QImage image(last - first, lines, QImage::Format_ARGB32_Premultiplied);
    for (int line = 0; line < lines; ++line) {
        const std::size_t top = static_cast<std::size_t>(line) * heat.rows / static_cast<std::size_t>(lines);
        const std::size_t bottom =
            std::max(top + 1, (static_cast<std::size_t>(line) + 1) * heat.rows / static_cast<std::size_t>(lines));
        auto* pixels = reinterpret_cast<QRgb*>(image.scanLine(line));
        for (int x = first; x < last; ++x) {
            const auto [from, to] = positionsAt(axis, positions, x);
            float most = std::numeric_limits<float>::quiet_NaN();
            for (std::size_t row = top; row < bottom && to > from; ++row) {
                const float here = strongest(
                    std::span(heat.places)
                        .subspan(row * count + static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)));
                most = most >= here ? most : std::isnan(here) ? most : here;
            }
            pixels[x - first] = colorOf(heat, most);
        }
    }
    painter.drawImage(QRectF(first, lane.top(), last - first, lane.height()), image);
}

void paintWarpingPath(QPainter& painter, const QRectF& lane, const TimeAxis& axis, const SoundScene::Map& map,
                      const SoundInk& ink)
{
    QPolygonF path;
    for (std::size_t row = 0; row < map.path.size(); ++row) {
        if (!map.path[row])
            continue;
        const double y = soundRowRect(lane, map.heat.rows, row).center().y();
        path << QPointF(axis.x(map.path[row]->start), y) << QPointF(axis.x(map.path[row]->end), y);
    }
    painter.save();
    painter.setClipRect(lane, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    for (const auto& [color, width] : {std::pair{QColor(0, 0, 0, 150), 3.2}, std::pair{ink.mark, 1.6}}) {
        painter.setPen(QPen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(path);
    }
    painter.restore();
}

} // namespace heedmap
