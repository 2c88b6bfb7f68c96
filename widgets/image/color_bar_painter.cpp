#include "widgets/image/color_bar_painter.h"

#include <QFontMetricsF>
#include <QImage>
#include <QPen>
#include <QPolygonF>

namespace heedmap {

namespace {

constexpr double kLabelGap = 7;

QImage barImage(const ColorMap& colors)
{
    QImage image(1, static_cast<int>(colors.colors.size()), QImage::Format_RGB32);
    for (int y = 0; y < image.height(); ++y) {
        const Rgb color = colors.colors[colors.colors.size() - 1 - static_cast<std::size_t>(y)];
        image.setPixelColor(0, y, QColor(color.r, color.g, color.b));
    }
    return image;
}

} // namespace

void paintColorBar(QPainter& painter, const QRectF& bar, const ColorMap& colors, const ValueScale& scale,
                   const QColor& ink)
{
    painter.save();
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(bar, barImage(colors));
    painter.setRenderHint(QPainter::Antialiasing);
    const QFontMetricsF metrics(painter.font());
    for (const ValueScale::Tick& tick : scale.ticks()) {
        const double y = bar.bottom() - tick.position * bar.height();
        painter.setPen(QPen(ink, 1));
        painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 4, y));
        const QString label = QString::fromStdString(tick.label);
        const double baseline = std::clamp(y + metrics.capHeight() / 2, bar.top() + metrics.capHeight(), bar.bottom());
        painter.drawText(QPointF(bar.right() + kLabelGap, baseline), label);
    }
    painter.restore();
}

double colorBarLabelWidth(const QFontMetricsF& metrics, const ValueScale& scale)
{
    double width = 0;
    for (const ValueScale::Tick& tick : scale.ticks())
        width = std::max(width, metrics.horizontalAdvance(QString::fromStdString(tick.label)));
    return width + kLabelGap;
}

void paintColorBarPointer(QPainter& painter, const QRectF& bar, const ValueScale& scale, double probability,
                          const QColor& ink)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    const double y = bar.bottom() - scale.position(probability) * bar.height();
    painter.drawPolygon(
        QPolygonF({QPointF(bar.left() - 1, y), QPointF(bar.left() - 7, y - 4), QPointF(bar.left() - 7, y + 4)}));
    painter.restore();
}

} // namespace heedmap
