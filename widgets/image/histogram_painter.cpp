#include "widgets/image/histogram_painter.h"

#include <QFontMetricsF>
#include <QPen>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kTick = 3;
constexpr double kLabelSpace = 10; // between two labels

void paintTicks(QPainter& painter, const QRectF& area, const Histogram& histogram, const ValueScale& scale,
                const QColor& ink)
{
    ValueScale axis;
    axis.timesUniform = scale.timesUniform;
    axis.curve = histogram.axis;
    axis.low = histogram.first;
    axis.high = histogram.last;
    const QFontMetricsF metrics(painter.font());
    QColor faint = ink;
    faint.setAlphaF(0.7F);
    painter.setPen(faint);
    double free = area.left() - kLabelSpace;
    for (const ValueScale::Tick& tick : axis.ticks()) {
        const double x = area.left() + tick.position * area.width();
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + kTick));
        const QString label = QString::fromStdString(tick.label);
        const double width = metrics.horizontalAdvance(label);
        const double left = std::clamp(x - width / 2, area.left(), std::max(area.left(), area.right() - width));
        if (left < free + kLabelSpace)
            continue;
        painter.drawText(QPointF(left, area.bottom() + kTick + metrics.ascent()), label);
        free = left + width;
    }
}

} // namespace

void paintHistogram(QPainter& painter, const QRectF& area, const Histogram& histogram, const ValueScale& scale,
                    const ColorMap& colors, const QColor& ink)
{
    painter.save();
    QColor line = ink;
    line.setAlphaF(0.35F);
    painter.setPen(Qt::NoPen);
    const double tallest = std::sqrt(static_cast<double>(std::max<std::int64_t>(histogram.largest(), 1)));
    const auto bins = static_cast<int>(histogram.counts.size());
    for (int bin = 0; bin < bins; ++bin) {
        const auto count = static_cast<double>(histogram.counts[static_cast<std::size_t>(bin)]);
        if (count == 0)
            continue;
        const double left = std::round(area.left() + area.width() * bin / bins);
        const double right = std::round(area.left() + area.width() * (bin + 1) / bins);
        const double height = std::max(1.5, std::sqrt(count) / tallest * area.height());
        const double middle = histogram.valueAt((bin + 0.5) / bins);
        const Rgb color = colors.at(std::clamp(scale.positionOfDisplayed(middle), 0.0, 1.0));
        const QRectF bar(left, area.bottom() - height, std::max(1.0, right - left - 1), height);
        painter.fillRect(bar, QColor(color.r, color.g, color.b));
        painter.fillRect(QRectF(bar.topLeft(), QSizeF(bar.width(), 1)), line); // seen where a colour meets its like
    }
    painter.setPen(line);
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    paintTicks(painter, area, histogram, scale, ink);
    painter.restore();
}

double histogramLabelHeight(const QFontMetricsF& metrics)
{
    return kTick + metrics.height();
}

void paintHistogramMark(QPainter& painter, const QRectF& area, double position, const QColor& color)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double x = area.left() + std::clamp(position, 0.0, 1.0) * area.width();
    painter.setPen(QPen(color, 1.5));
    painter.drawLine(QPointF(x, area.top() + 4), QPointF(x, area.bottom()));
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(
        QPolygonF({QPointF(x - 4, area.top()), QPointF(x + 4, area.top()), QPointF(x, area.top() + 6)}));
    painter.restore();
}

} // namespace heedmap
