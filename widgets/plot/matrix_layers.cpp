#include "widgets/plot/matrix_layers.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kLabelGap = 9;
constexpr double kNarrowestLabel = 14; // pixels between labels, to begin with

std::int64_t niceStep(double atLeast)
{
    std::int64_t step = 1;
    while (true)
        for (const std::int64_t factor : {2, 5, 10}) {
            if (static_cast<double>(step) >= atLeast)
                return step;
            step = factor == 2 ? step * 2 : factor == 5 ? step / 2 * 5 : step * 2;
        }
}

double pixelsPerPosition(const QCPAxis& axis)
{
    const QCPAxisRect* area = axis.axisRect();
    const double pixels = axis.orientation() == Qt::Horizontal ? area->width() : area->height();
    return std::max(1.0, pixels) / std::max(1e-9, axis.range().size());
}

/// The rectangle of positions in pixels, its edges on whole pixels so that neighbours meet.
QRectF snapped(const QCPAxisRect& area, const QRectF& positions)
{
    const QCPAxis* x = area.axis(QCPAxis::atBottom);
    const QCPAxis* y = area.axis(QCPAxis::atLeft);
    return QRectF(
        QPointF(std::round(x->coordToPixel(positions.left())), std::round(y->coordToPixel(positions.top()))),
        QPointF(std::round(x->coordToPixel(positions.right())), std::round(y->coordToPixel(positions.bottom()))));
}

} // namespace

double PositionTicker::roomNeeded(std::int64_t first, std::int64_t last, std::int64_t step) const
{
    const QFontMetricsF metrics(m_axis.tickLabelFont());
    if (m_axis.orientation() == Qt::Vertical)
        return metrics.height() * 0.95;
    double widest = 0;
    for (std::int64_t position = (first + step - 1) / step * step; position <= last; position += step)
        widest = std::max(widest, metrics.horizontalAdvance(m_side.label(position)));
    return std::min(widest, mostWidth) + kLabelGap;
}

void PositionTicker::generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks,
                              QVector<double>* subTicks, QVector<QString>* labels)
{
    ticks.clear();
    if (subTicks)
        subTicks->clear();
    if (labels)
        labels->clear();
    if (m_side.count == 0 || !m_side.label)
        return;
    const auto first =
        std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(range.lower)), 0, m_side.count - 1);
    const auto last =
        std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(range.upper)) - 1, 0, m_side.count - 1);
    const double scale = pixelsPerPosition(m_axis);
    std::int64_t step = niceStep(kNarrowestLabel / scale);
    while (static_cast<double>(step) * scale < roomNeeded(first, last, step) && step < m_side.count)
        step = niceStep(static_cast<double>(step) + 0.5);
    const QFontMetricsF metrics(m_axis.tickLabelFont());
    for (std::int64_t position = (first + step - 1) / step * step; position <= last; position += step) {
        const double middle = static_cast<double>(position) + 0.5;
        if (!range.contains(middle))
            continue;
        ticks << middle;
        if (labels)
            *labels << metrics.elidedText(m_side.label(position), Qt::ElideRight, mostWidth);
    }
}

void SegmentTicker::generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks,
                             QVector<double>* subTicks, QVector<QString>* labels)
{
    ticks.clear();
    if (subTicks)
        subTicks->clear();
    if (labels)
        labels->clear();
    const QFontMetricsF metrics(m_axis.tickLabelFont());
    const double scale = pixelsPerPosition(m_axis);
    for (const MatrixSegment& segment : m_side.segments) {
        const double begin = std::max(segment.begin, range.lower);
        const double end = std::min(segment.end, range.upper);
        if (m_side.segments.size() < 2 || (end - begin) * scale < metrics.horizontalAdvance(segment.name) + 4)
            continue;
        ticks << (begin + end) / 2;
        if (labels)
            *labels << segment.name;
    }
}

TileLayer::TileLayer(QCPAxisRect& area, const MatrixSide& rows, const MatrixSide& columns)
    : QCPLayerable(area.parentPlot(), QStringLiteral("main")), m_area(area), m_rows(rows), m_columns(columns)
{}

void TileLayer::applyDefaultAntialiasingHint(QCPPainter* painter) const
{
    painter->setAntialiasing(false);
}

void TileLayer::draw(QCPPainter* painter)
{
    painter->setPen(QPen(ink, 0));
    painter->setBrush(Qt::NoBrush);
    painter->drawRect(m_area.rect().adjusted(-1, -1, 0, 0)); // around, not over the outermost cells
    painter->setClipRect(m_area.rect());
    const QRectF whole = snapped(m_area, QRectF(0, 0, double(m_columns.count), double(m_rows.count)));
    QRegion rest((whole & QRectF(m_area.rect())).toRect()); // filling what tiles cover would cost as much as they do
    for (const MatrixTile& tile : tiles)
        rest -= snapped(m_area, tile.area).toRect();
    for (const QRect& place : rest)
        painter->fillRect(place, unread);
    painter->setRenderHint(QPainter::SmoothPixmapTransform, false);
    for (const MatrixTile& tile : tiles) {
        const QRectF place = snapped(m_area, tile.area);
        if (!place.intersects(m_area.rect()))
            continue;
        if (tile.image.hasAlphaChannel()) // hatched where there is no number
            painter->fillRect(place, QBrush(QColor(0xd0, 0x30, 0x60), Qt::BDiagPattern));
        painter->drawImage(place, tile.image);
    }
    drawLines(*painter);
}

/// Dark and light side by side, so that they are seen on every colour.
void TileLayer::drawLines(QCPPainter& painter) const
{
    const QRectF area = m_area.rect();
    const auto line = [&](QPointF from, QPointF to, QPointF beside) {
        painter.setPen(QPen(QColor(0, 0, 0, 190), 1));
        painter.drawLine(from + beside, to + beside);
        painter.setPen(QPen(QColor(255, 255, 255, 220), 1));
        painter.drawLine(from, to);
    };
    for (std::size_t i = 1; i < m_columns.segments.size(); ++i) {
        const double x = std::round(m_area.axis(QCPAxis::atBottom)->coordToPixel(m_columns.segments[i].begin));
        line({x, area.top()}, {x, area.bottom()}, {1, 0});
    }
    for (std::size_t i = 1; i < m_rows.segments.size(); ++i) {
        const double y = std::round(m_area.axis(QCPAxis::atLeft)->coordToPixel(m_rows.segments[i].begin));
        line({area.left(), y}, {area.right(), y}, {0, 1});
    }
}

void MarkLayer::draw(QCPPainter* painter)
{
    const QRectF area = m_area.rect();
    const auto rowArea = [&](std::int64_t row) {
        QRectF place = snapped(m_area, QRectF(0, double(row), 1, 1));
        place.setLeft(area.left());
        place.setRight(area.right());
        place.setHeight(std::max(1.0, place.height()));
        return place;
    };
    const auto columnArea = [&](std::int64_t column) {
        QRectF place = snapped(m_area, QRectF(double(column), 0, 1, 1));
        place.setTop(area.top());
        place.setBottom(area.bottom());
        place.setWidth(std::max(1.0, place.width()));
        return place;
    };
    for (const auto& [row, color] : marks.keptRows) // a tongue beside the row
        if (const QRectF place = rowArea(row); place.intersects(area))
            painter->fillRect(QRectF(area.left() - 5, place.top(), 5, std::max(3.0, place.height())), color);
    if (marks.keptColumn)
        if (const QRectF place = columnArea(*marks.keptColumn); place.intersects(area))
            painter->fillRect(QRectF(place.left(), area.top() - 5, std::max(3.0, place.width()), 5), marks.keptColor);
    painter->setClipRect(area);
    painter->setBrush(Qt::NoBrush);
    const auto outline = [&](const QRectF& place) {
        painter->setPen(QPen(QColor(0, 0, 0, 150), 1));
        painter->drawRect(place.adjusted(-2, -2, 1, 1));
        painter->setPen(QPen(Qt::white, 1));
        painter->drawRect(place.adjusted(-1, -1, 0, 0));
    };
    if (marks.row)
        outline(rowArea(*marks.row));
    if (marks.column)
        outline(columnArea(*marks.column));
    if (!box.isNull()) {
        painter->setPen(QPen(ink, 1, Qt::DashLine));
        painter->setBrush(QColor(127, 160, 220, 60));
        painter->drawRect(box);
    }
}

void MarginLayer::draw(QCPPainter* painter)
{
    const QRectF area = m_area.rect();
    const bool across = m_along == Qt::Horizontal;
    const QCPAxis* axis = m_area.axis(across ? QCPAxis::atBottom : QCPAxis::atLeft);
    painter->setPen(Qt::NoPen);
    painter->setClipRect(area);
    for (std::size_t i = 0; i < margin.values.size() && margin.highest > 0; ++i) {
        if (!std::isfinite(margin.values[i]))
            continue;
        const double share = std::clamp(margin.values[i] / margin.highest, 0.0, 1.0);
        const double from = std::round(axis->coordToPixel(margin.begin + double(i) * margin.step));
        const double to = std::round(axis->coordToPixel(margin.begin + double(i + 1) * margin.step));
        const double width = std::max(1.0, to - from - (to - from > 4 ? 1 : 0));
        const double length = share * (across ? area.height() : area.width());
        painter->fillRect(across ? QRectF(from, area.bottom() - length, width, length)
                                 : QRectF(area.left(), from, length, width),
                          bars);
    }
    painter->setClipping(false);
    painter->setPen(ink);
    const QRectF outer = m_area.outerRect();
    if (across)
        painter->drawText(QRectF(outer.left(), outer.top(), outer.width(), outer.height()),
                          Qt::AlignLeft | Qt::AlignTop, margin.title);
    else
        painter->drawText(QRectF(area.left(), area.bottom() + 2, outer.right() - area.left(), 40),
                          Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, margin.title);
}

} // namespace heedmap
