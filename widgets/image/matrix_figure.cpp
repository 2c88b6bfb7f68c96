#include "widgets/image/matrix_figure.h"

#include "widgets/image/color_bar_painter.h"
#include "widgets/image/stage_painter.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kGap = 12;
constexpr double kBars = 40; // height and width of the sums
constexpr double kBarWidth = 16;
constexpr double kMostLabelWidth = 120;

struct Places
{
    QRectF matrix;
    QRectF columnSums;
    QRectF rowSums;
    QRectF bar;
    double line = 0; ///< height of a line of text
    QSizeF size;
};

bool hasNames(const MatrixFigureSide& side)
{
    return side.segments.size() > 1;
}

Places placesOf(const MatrixFigure& parts, const QSizeF& size, const QFont& font)
{
    const QFontMetricsF metrics(font);
    Places places;
    places.line = metrics.height();
    double left = 0;
    for (const auto& [position, label] : parts.rows.labels)
        left = std::max(left, metrics.horizontalAdvance(label) + 6);
    left = std::min(left, kMostLabelWidth);
    double top = 0;
    if (!parts.columns.sums.empty()) {
        places.columnSums = QRectF(left, places.line + 2, size.width(), kBars);
        top = places.columnSums.bottom() + 3;
    }
    if (hasNames(parts.columns))
        top += places.line + 2;
    places.matrix = QRectF(QPointF(left, top), size);
    double right = places.matrix.right();
    if (hasNames(parts.rows))
        right += places.line + 2;
    if (!parts.rows.sums.empty()) {
        places.rowSums = QRectF(right + 3, top, kBars, size.height());
        right = places.rowSums.right();
    }
    places.bar = QRectF(right + kGap, top, kBarWidth, std::max(60.0, size.height()));
    right = places.bar.right() + colorBarLabelWidth(metrics, parts.scale);
    places.size = QSizeF(right, std::max(places.bar.bottom(), places.matrix.bottom()) + 2 * places.line + 4);
    return places;
}

/// Positions to pixels.
QTransform transformOf(const MatrixFigure& parts, const Places& places)
{
    QTransform transform = QTransform::fromTranslate(places.matrix.left(), places.matrix.top());
    transform.scale(places.matrix.width() / parts.window.width(), places.matrix.height() / parts.window.height());
    return transform.translate(-parts.window.left(), -parts.window.top());
}

void paintCells(QPainter& painter, const MatrixFigure& parts, const Places& places, const QTransform& transform)
{
    painter.save();
    painter.setClipRect(places.matrix);
    QTransform cells = transform;
    cells.translate(parts.area.left(), parts.area.top());
    cells.scale(parts.area.width() / parts.cells.width(), parts.area.height() / parts.cells.height());
    paintStage(painter, {{}, QSizeF(parts.cells.size()), {HeatLayer{parts.cells, {}, false}}}, cells);
    painter.restore();
}

void paintLabels(QPainter& painter, const MatrixFigure& parts, const Places& places, const QTransform& transform,
                 const QColor& ink)
{
    const QFontMetricsF metrics(painter.font());
    painter.setPen(ink);
    double free = places.matrix.top() - metrics.height() / 2;
    for (const auto& [position, label] : parts.rows.labels) {
        const double y = transform.map(QPointF(0, position)).y();
        if (y - metrics.height() * 0.45 < free || y > places.matrix.bottom())
            continue;
        painter.drawText(QRectF(0, y - places.line / 2, places.matrix.left() - 5, places.line),
                         Qt::AlignRight | Qt::AlignVCenter,
                         metrics.elidedText(label, Qt::ElideRight, places.matrix.left() - 5));
        free = y + metrics.height() * 0.45;
    }
    free = places.matrix.left() - 40;
    for (const auto& [position, label] : parts.columns.labels) {
        const double width = metrics.horizontalAdvance(label);
        const double x = transform.map(QPointF(position, 0)).x();
        if (x - width / 2 < free || x > places.matrix.right())
            continue;
        painter.drawText(QPointF(x - width / 2, places.matrix.bottom() + metrics.ascent() + 3), label);
        free = x + width / 2 + 8;
    }
}

void paintSegments(QPainter& painter, const MatrixFigure& parts, const Places& places, const QTransform& transform,
                   const FigureStyle& style)
{
    const QFontMetricsF metrics(painter.font());
    const auto seen = [&](const MatrixFigureSegment& segment, double from, double to) {
        return std::pair(std::max(segment.begin, from), std::min(segment.end, to));
    };
    for (const MatrixFigureSegment& segment : parts.columns.segments) {
        const auto [begin, end] = seen(segment, parts.window.left(), parts.window.right());
        const QRectF place = transform.mapRect(QRectF(begin, 0, std::max(0.0, end - begin), 1));
        if (!hasNames(parts.columns) || end <= begin)
            continue;
        painter.setPen(QPen(style.ink, 1));
        if (segment.begin > parts.window.left())
            painter.drawLine(QPointF(place.left(), places.matrix.top() - 4),
                             QPointF(place.left(), places.matrix.bottom()));
        painter.setPen(style.fainter);
        if (metrics.horizontalAdvance(segment.name) + 4 <= place.width())
            painter.drawText(QRectF(place.left(), places.matrix.top() - places.line - 2, place.width(), places.line),
                             Qt::AlignCenter, segment.name);
    }
    for (const MatrixFigureSegment& segment : parts.rows.segments) {
        const auto [begin, end] = seen(segment, parts.window.top(), parts.window.bottom());
        const QRectF place = transform.mapRect(QRectF(0, begin, 1, std::max(0.0, end - begin)));
        if (!hasNames(parts.rows) || end <= begin)
            continue;
        painter.setPen(QPen(style.ink, 1));
        if (segment.begin > parts.window.top())
            painter.drawLine(QPointF(places.matrix.left(), place.top()),
                             QPointF(places.matrix.right() + 4, place.top()));
        if (metrics.horizontalAdvance(segment.name) + 4 > place.height())
            continue;
        painter.save();
        painter.setPen(style.fainter);
        painter.translate(places.matrix.right() + places.line + 1, place.center().y());
        painter.rotate(-90);
        painter.drawText(QPointF(-metrics.horizontalAdvance(segment.name) / 2, 0), segment.name);
        painter.restore();
    }
}

void paintSums(QPainter& painter, const MatrixFigure& parts, const Places& places, const QTransform& transform,
               const FigureStyle& style)
{
    const auto bars = [&](const MatrixFigureSide& side, bool across) {
        for (std::size_t i = 0; i < side.sums.size() && side.highestSum > 0; ++i) {
            if (!std::isfinite(side.sums[i]))
                continue;
            const double share = std::clamp(side.sums[i] / side.highestSum, 0.0, 1.0);
            const double step = (across ? parts.area.width() : parts.area.height()) / double(side.sums.size());
            const double begin = (across ? parts.area.left() : parts.area.top()) + double(i) * step;
            const QRectF cell = transform.mapRect(across ? QRectF(begin, 0, step, 1) : QRectF(0, begin, 1, step));
            const QRectF bar =
                across ? QRectF(cell.left(), places.columnSums.bottom() - share * kBars, cell.width(), share * kBars)
                       : QRectF(places.rowSums.left(), cell.top(), share * kBars, cell.height());
            painter.fillRect(bar & (across ? places.columnSums : places.rowSums), style.accent);
        }
    };
    bars(parts.columns, true);
    bars(parts.rows, false);
    painter.setPen(style.fainter);
    const QFontMetricsF metrics(painter.font());
    if (!parts.columns.sums.empty())
        painter.drawText(QPointF(places.columnSums.left(), metrics.ascent()), parts.columns.sumTitle);
    if (!parts.rows.sums.empty())
        painter.drawText(QRectF(places.rowSums.left(), places.matrix.bottom() + 2,
                                places.size.width() - places.rowSums.left(), 2 * places.line),
                         Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, parts.rows.sumTitle);
}

} // namespace

Figure figureOfMatrix(MatrixFigure parts, const QSizeF& size)
{
    Figure figure;
    figure.caption = parts.caption;
    figure.title = parts.caption.isEmpty() ? QString() : parts.caption.front();
    const Places places = placesOf(parts, size, FigureStyle::defaultFont());
    figure.size = places.size;
    figure.paint = [parts = std::move(parts), places](QPainter& painter, const FigureStyle& style) {
        const QTransform transform = transformOf(parts, places);
        paintCells(painter, parts, places, transform);
        paintLabels(painter, parts, places, transform, style.ink);
        paintSegments(painter, parts, places, transform, style);
        paintSums(painter, parts, places, transform, style);
        painter.setPen(style.ink);
        if (parts.colors)
            paintColorBar(painter, places.bar, *parts.colors, parts.scale, style.ink);
    };
    return figure;
}

} // namespace heedmap
