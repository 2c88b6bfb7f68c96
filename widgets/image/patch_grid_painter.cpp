#include "widgets/image/patch_grid_painter.h"

#include "widgets/context/map_navigation.h"
#include "widgets/image/picture_image.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainterPath>

#include <cmath>

namespace heedmap {

namespace {

constexpr double kLeast = 3; // pixels between two lines

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::PatchGrid", text);
}

/// 1, 2, 5, 10, … so that steps of `cell` pixels have room for `room`.
int stepFor(double cell, double room)
{
    for (int decade = 1; decade < 1'000'000; decade *= 10)
        for (const int factor : {1, 2, 5})
            if (cell * decade * factor >= room)
                return decade * factor;
    return 1'000'000;
}

QRectF gridOutline(const PatchGrid& grid)
{
    return transformFromAffine(grid.pictureFromGrid).mapRect(QRectF(0, 0, grid.columns, grid.rows));
}

void paintDimmed(QPainter& painter, const QRectF& picture, const QRectF& seen)
{
    QPainterPath outside;
    outside.setFillRule(Qt::OddEvenFill);
    outside.addRect(picture);
    outside.addRect(seen & picture);
    painter.fillPath(outside, QColor(0, 0, 0, 150));
}

void paintLines(QPainter& painter, const PatchGrid& grid, const QTransform& deviceFromPicture)
{
    const QTransform device = transformFromAffine(grid.pictureFromGrid) * deviceFromPicture;
    const QRectF cell = device.mapRect(QRectF(0, 0, 1, 1));
    std::vector<QLineF> lines;
    for (int column = 0; column <= grid.columns; column += stepFor(cell.width(), kLeast))
        lines.push_back(device.map(QLineF(column, 0, column, grid.rows)));
    for (int row = 0; row <= grid.rows; row += stepFor(cell.height(), kLeast))
        lines.push_back(device.map(QLineF(0, row, grid.columns, row)));
    for (const QPen& pen : {QPen(QColor(0, 0, 0, 90), 2.4), QPen(QColor(255, 255, 255, 190), 1)}) {
        painter.setPen(pen);
        painter.drawLines(lines.data(), static_cast<int>(lines.size()));
    }
}

void paintNumber(QPainter& painter, int number, const QPointF& centre)
{
    const QFontMetricsF metrics(painter.font());
    const QString text = QString::number(number);
    const QSizeF size(metrics.horizontalAdvance(text) + 6, metrics.height());
    const QRectF pill(centre - QPointF(size.width() / 2, size.height() / 2), size);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 150));
    painter.drawRoundedRect(pill, 3, 3);
    painter.setPen(Qt::white);
    painter.drawText(pill, Qt::AlignCenter, text);
}

void paintNumbers(QPainter& painter, const PatchGrid& grid, const QTransform& deviceFromPicture)
{
    const QTransform device = transformFromAffine(grid.pictureFromGrid) * deviceFromPicture;
    const QRectF cell = device.mapRect(QRectF(0, 0, 1, 1));
    const QFontMetricsF metrics(painter.font());
    const QRectF outline = device.mapRect(QRectF(0, 0, grid.columns, grid.rows));
    const double widest = metrics.horizontalAdvance(QString::number(std::max(grid.rows, grid.columns))) + 8;
    for (int column = 0; column < grid.columns; column += stepFor(cell.width(), widest))
        paintNumber(painter, column,
                    QPointF(device.map(QPointF(column + 0.5, 0)).x(), outline.top() + metrics.height() / 2 + 2));
    for (int row = 0; row < grid.rows; row += stepFor(cell.height(), metrics.height()))
        if (row > 0 || cell.width() > 3 * widest) // else the corner belongs to the columns
            paintNumber(painter, row, QPointF(outline.left() + widest / 2, device.map(QPointF(0, row + 0.5)).y()));
}

QString pixels(double value)
{
    return QString::number(std::round(value * 100) / 100, 'g', 7);
}

} // namespace

QRectF seenRegion(const TokenAxis& axis)
{
    QRectF region;
    for (const AxisSegment* segment : patchSegments(axis))
        region |= gridOutline(segment->grid);
    return region;
}

void paintPatchGrid(QPainter& painter, const TokenAxis& axis, const QRectF& picture,
                    const QTransform& deviceFromPicture)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    paintDimmed(painter, deviceFromPicture.mapRect(picture), deviceFromPicture.mapRect(seenRegion(axis)));
    for (const AxisSegment* segment : patchSegments(axis))
        paintLines(painter, segment->grid, deviceFromPicture);
    for (const AxisSegment* segment : patchSegments(axis))
        paintNumbers(painter, segment->grid, deviceFromPicture);
    painter.restore();
}

QString patchChain(const TokenAxis& axis, const QSizeF& picture)
{
    const AxisSegment* patches = axis.patchSegment();
    if (!patches)
        return {};
    const QRectF cell = gridOutline({1, 1, 1, patches->grid.pictureFromGrid});
    QString chain = tr("%1 × %2 → %3 × %4 patches; one patch = %5 × %6 picture pixels")
                        .arg(picture.width())
                        .arg(picture.height())
                        .arg(patches->grid.columns)
                        .arg(patches->grid.rows)
                        .arg(cell.width(), 0, 'g', 4)
                        .arg(cell.height(), 0, 'g', 4);
    if (std::abs(cell.width() / cell.height() - 1) > 0.005)
        chain += tr("; squashed to squares");
    const QRectF seen = seenRegion(axis) & QRectF(QPointF(0, 0), picture);
    const double part = seen.width() * seen.height() / std::max(1.0, picture.width() * picture.height());
    if (part < 0.999)
        chain += tr("; %1 % of the picture is seen").arg(100 * part, 0, 'f', 0);
    return chain;
}

QString patchPlace(const TokenAxis& axis, std::int64_t position)
{
    const auto place = patchRowColumn(axis, position);
    const auto rect = patchRect(axis, position);
    if (!place || !rect)
        return {};
    return tr("row %1, column %2 · x %3 to %4, y %5 to %6")
        .arg(place->first)
        .arg(place->second)
        .arg(pixels(rect->x), pixels(rect->x + rect->width), pixels(rect->y), pixels(rect->y + rect->height));
}

} // namespace heedmap
