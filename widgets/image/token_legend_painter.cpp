#include "widgets/image/token_legend_painter.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QLinearGradient>

#include <algorithm>

namespace heedmap {

namespace {

constexpr double kSwatchWidth = 22;
constexpr double kGap = 6;
constexpr double kBetween = 8;

double tokenHeight(const QFontMetricsF& metrics, const LegendToken& token)
{
    return metrics.height() * (token.value.isEmpty() ? 1 : 2) + kBetween;
}

double statementHeight(const QFontMetricsF& metrics, double width, const QString& statement)
{
    return metrics.boundingRect(QRectF(0, 0, width, 1e4), Qt::TextWordWrap, statement).height();
}

void paintSwatch(QPainter& painter, const QRectF& swatch, const QColor& color)
{
    QColor clear = color;
    clear.setAlpha(0);
    QLinearGradient ramp(swatch.topLeft(), swatch.topRight());
    ramp.setColorAt(0, clear);
    ramp.setColorAt(1, color);
    painter.fillRect(swatch, ramp);
    painter.setPen(QPen(color, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(swatch);
}

} // namespace

QString blendStatement(const ValueScale& scale)
{
    const QString high = QString::number(scale.high, 'g', 3);
    return scale.timesUniform
               ? QCoreApplication::translate("heedmap::TokenLegend", "opacity ∝ weight, full at %1× uniform").arg(high)
               : QCoreApplication::translate("heedmap::TokenLegend", "opacity ∝ weight, full at probability %1")
                     .arg(high);
}

void paintTokenLegend(QPainter& painter, const QRectF& area, const std::vector<LegendToken>& tokens,
                      const QString& statement, const QColor& ink, const QColor& fainter)
{
    painter.save();
    const QFontMetricsF metrics(painter.font());
    double y = area.top();
    const double textLeft = area.left() + kSwatchWidth + kGap;
    const double textWidth = area.right() - textLeft;
    for (const LegendToken& token : tokens) {
        const double swatchHeight = metrics.height() * 0.7;
        paintSwatch(painter,
                    QRectF(area.left() + 1, y + (metrics.height() - swatchHeight) / 2, kSwatchWidth - 2, swatchHeight),
                    token.color);
        painter.setPen(ink);
        painter.drawText(QPointF(textLeft, y + metrics.ascent()),
                         metrics.elidedText(token.name, Qt::ElideRight, textWidth));
        painter.setPen(fainter);
        if (!token.value.isEmpty())
            painter.drawText(QPointF(textLeft, y + metrics.height() + metrics.ascent()),
                             metrics.elidedText(token.value, Qt::ElideRight, textWidth));
        y += tokenHeight(metrics, token);
    }
    painter.setPen(fainter);
    painter.drawText(QRectF(area.left(), y, area.width(), area.bottom() - y), Qt::TextWordWrap | Qt::TextDontClip,
                     statement);
    painter.restore();
}

double tokenLegendHeight(const QFontMetricsF& metrics, double width, const std::vector<LegendToken>& tokens,
                         const QString& statement)
{
    double height = statementHeight(metrics, width, statement);
    for (const LegendToken& token : tokens)
        height += tokenHeight(metrics, token);
    return height;
}

} // namespace heedmap
