#include "widgets/controls/canvas_marks.h"

#include <QPainter>
#include <QWidget>

namespace heedmap {

void paintFocusFrame(QPainter& painter, const QWidget& canvas)
{
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(canvas.palette().color(QPalette::Highlight), 1, Qt::DotLine));
    painter.drawRect(canvas.rect().adjusted(0, 0, -1, -1));
}

void paintEmptyHint(QPainter& painter, const QWidget& canvas, const QString& hint)
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(canvas.palette().color(QPalette::Mid), 1.5, Qt::DashLine));
    painter.drawRoundedRect(QRectF(canvas.rect()).adjusted(8, 8, -8, -8), 8, 8);
    painter.setPen(canvas.palette().color(QPalette::Disabled, QPalette::Text));
    painter.drawText(canvas.rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap, hint);
}

} // namespace heedmap
