#include "widgets/image/figure_headline.h"

#include <QFontMetricsF>

namespace heedmap {

namespace {

constexpr double kLine = 1.5; // of the font's height
constexpr double kHeadlineScale = 1.6;

} // namespace

double figureLineHeight()
{
    return QFontMetricsF(FigureStyle::defaultFont()).height() * kLine;
}

double headlineHeight(const QString& headline)
{
    return headline.isEmpty() ? 0 : figureLineHeight() * kHeadlineScale;
}

void paintHeadline(QPainter& painter, const QString& headline, double width, const FigureStyle& style)
{
    painter.setPen(style.ink);
    QFont large = style.font;
    large.setPixelSize(static_cast<int>(large.pixelSize() * kHeadlineScale));
    large.setBold(true);
    painter.setFont(large);
    const QFontMetricsF metrics(large);
    painter.drawText(QPointF(0, metrics.ascent()), metrics.elidedText(headline, Qt::ElideRight, width));
    painter.setFont(style.font);
}

} // namespace heedmap
