#include "widgets/image/mass_bar_painter.h"

#include <QCoreApplication>
#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

const QColor kFill(0x7c, 0x83, 0xff);

} // namespace

void paintMassBar(QPainter& painter, const QRectF& area, double mass, const QColor& ink)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QFontMetricsF metrics(painter.font());
    const double lines = 2 * metrics.height();
    const QRectF bar = area.adjusted(0, 0, 0, -lines - 2);
    const double part = std::isfinite(mass) ? std::clamp(mass, 0.0, 1.0) : 0;
    QColor empty = ink;
    empty.setAlphaF(0.13f);
    painter.setPen(Qt::NoPen);
    painter.setBrush(empty);
    painter.drawRoundedRect(bar, 3, 3);
    painter.setBrush(kFill);
    painter.drawRect(QRectF(bar.left(), bar.bottom() - part * bar.height(), bar.width(), part * bar.height()));
    painter.setPen(ink);
    const QString number = std::isfinite(mass) ? QString::number(mass, 'f', 2) : QStringLiteral("–");
    painter.drawText(QRectF(area.left(), bar.bottom() + 2, area.width(), lines), Qt::AlignLeft | Qt::TextDontClip,
                     QCoreApplication::translate("heedmap::MassBar", "off picture\n%1").arg(number));
    painter.restore();
}

} // namespace heedmap
