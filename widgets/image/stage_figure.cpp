#include "widgets/image/stage_figure.h"

#include "core/base/error.h"
#include "widgets/context/view_context.h"
#include "widgets/image/color_bar_painter.h"
#include "widgets/image/mass_bar_painter.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kGap = 16;
constexpr double kBarWidth = 16;
constexpr double kMassWidth = 78;
constexpr double kMassHeight = 120;
constexpr double kLegendWidth = 150;
constexpr double kMostLabelWidth = 120;
constexpr double kShortest = 40;
constexpr double kTallest = 8000;

/// Where everything is, from the figure's corner.
struct Places
{
    QRectF stage;
    QRectF bar;
    QRectF mass;
    QRectF legend;
    QSizeF size;
};

double rowLabelWidth(const StageFigure& parts, const QFontMetricsF& metrics)
{
    double width = 0;
    for (const QString& label : parts.rowLabels)
        width = std::max(width, metrics.horizontalAdvance(label) + 6);
    return std::min(width, kMostLabelWidth);
}

Places placesOf(const StageFigure& parts, int pictureWidth, const QFont& font)
{
    const QFontMetricsF metrics(font);
    const double shape = parts.scene.pictureSize.height() / std::max(1.0, parts.scene.pictureSize.width());
    Places places;
    const double top = parts.columnLabels.isEmpty() ? 0 : metrics.height() + 4;
    places.stage = QRectF(rowLabelWidth(parts, metrics), top, pictureWidth,
                          std::clamp(std::round(pictureWidth * shape), kShortest, kTallest));
    double right = places.stage.right();
    double bottom = places.stage.bottom();
    if (!parts.tokens.empty()) {
        const double height = tokenLegendHeight(metrics, kLegendWidth, parts.tokens, blendStatement(parts.scale));
        places.legend = QRectF(right + kGap, top, kLegendWidth, height);
        right = places.legend.right();
        bottom = std::max(bottom, places.legend.bottom());
    } else if (parts.colors) {
        places.bar = QRectF(right + kGap, top, kBarWidth, places.stage.height());
        right = places.bar.right() + colorBarLabelWidth(metrics, parts.scale);
    }
    if (parts.offPicture) {
        const double height = std::min(places.stage.height(), kMassHeight);
        places.mass = QRectF(right + kGap, places.stage.bottom() - height, kMassWidth, height);
        right = places.mass.right();
    }
    places.size = QSizeF(right, bottom);
    return places;
}

void paintLabels(QPainter& painter, const StageFigure& parts, const Places& places, const QColor& ink)
{
    const QFontMetricsF metrics(painter.font());
    const QTransform transform = fittingTransform(parts.scene.pictureSize, places.stage);
    const QRectF cell = transform.mapRect(QRectF(0, 0, 1, 1));
    painter.setPen(ink);
    for (qsizetype row = 0; row < parts.rowLabels.size() && cell.height() >= metrics.height() * 0.9; ++row)
        painter.drawText(QRectF(0, cell.top() + cell.height() * double(row), cell.left() - 6, cell.height()),
                         Qt::AlignRight | Qt::AlignVCenter,
                         metrics.elidedText(parts.rowLabels[row], Qt::ElideRight, cell.left() - 6));
    for (qsizetype column = 0; column < parts.columnLabels.size() && cell.width() >= metrics.averageCharWidth() * 3;
         ++column)
        painter.drawText(QRectF(cell.left() + cell.width() * double(column), 0, cell.width(), cell.top() - 3),
                         Qt::AlignHCenter | Qt::AlignBottom,
                         metrics.elidedText(parts.columnLabels[column], Qt::ElideRight, cell.width() - 2));
}

void paintParts(QPainter& painter, const StageFigure& parts, const Places& places, const FigureStyle& style)
{
    const QTransform transform = fittingTransform(parts.scene.pictureSize, places.stage);
    paintStage(painter, parts.scene, transform);
    paintLabels(painter, parts, places, style.fainter);
    if (parts.overlay)
        parts.overlay(painter, transform, style);
    for (const QRectF& mark : parts.marks)
        paintPatchOutline(painter, mark, transform, ViewContext::markColor());
    painter.setPen(style.ink);
    if (!parts.tokens.empty())
        paintTokenLegend(painter, places.legend, parts.tokens, blendStatement(parts.scale), style.ink, style.fainter);
    else if (parts.colors)
        paintColorBar(painter, places.bar, *parts.colors, parts.scale, style.ink);
    if (parts.offPicture)
        paintMassBar(painter, places.mass, *parts.offPicture, style.ink);
}

} // namespace

Figure figureOfStage(StageFigure parts, int pictureWidth)
{
    if (pictureWidth < 16 || pictureWidth > 8192)
        throw Error(ErrorKind::InvalidRequest, "a picture {} pixels wide cannot be drawn; 16 to 8192 are possible",
                    pictureWidth);
    Figure figure;
    figure.title = parts.title;
    figure.caption = parts.caption;
    const Places places = placesOf(parts, pictureWidth, FigureStyle::defaultFont());
    figure.size = places.size;
    figure.paint = [parts = std::move(parts), places](QPainter& painter, const FigureStyle& style) {
        paintParts(painter, parts, places, style);
    };
    return figure;
}

} // namespace heedmap
