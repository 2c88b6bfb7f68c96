#include "widgets/controls/range_handle.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

namespace heedmap {

RangeHandle::RangeHandle(Point point, QWidget* parent) : QWidget(parent), m_point(point)
{
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::SizeHorCursor);
    setFixedWidth(kWidth);
    setAccessibleName(point == Point::Black ? tr("Black point: lower end of the colours")
                                            : tr("White point: upper end of the colours"));
}

void RangeHandle::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor ink = palette().color(QPalette::WindowText);
    const double x = kWidth / 2.0;
    painter.setPen(QPen(palette().color(QPalette::Window), 3.5)); // a rim, so that bars of any colour part from it
    painter.drawLine(QPointF(x, 0), QPointF(x, height()));
    painter.setPen(QPen(ink, 1.5));
    painter.drawLine(QPointF(x, 0), QPointF(x, height()));
    const QRectF grip(x - 4, height() - 12.5, 8, 11);
    painter.setPen(QPen(hasFocus() ? palette().color(QPalette::Highlight) : ink, hasFocus() ? 2.2 : 1.2));
    painter.setBrush(m_point == Point::Black ? Qt::black : Qt::white);
    painter.drawRoundedRect(grip, 2, 2);
}

void RangeHandle::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_dragged = true;
    m_grip = event->position().x() - kWidth / 2.0;
    raise();
}

void RangeHandle::mouseMoveEvent(QMouseEvent* event)
{
    if (m_dragged)
        emit draggedTo(mapToParent(event->position().toPoint()).x() - m_grip);
}

void RangeHandle::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !m_dragged)
        return;
    m_dragged = false;
    emit dropped();
}

void RangeHandle::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        emit typingAsked();
}

void RangeHandle::keyPressEvent(QKeyEvent* event)
{
    const int size = event->modifiers() & Qt::ShiftModifier ? 10 : 1;
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Down:
        emit stepped(-size);
        break;
    case Qt::Key_Right:
    case Qt::Key_Up:
        emit stepped(size);
        break;
    case Qt::Key_Home:
        emit stepped(-100);
        break;
    case Qt::Key_End:
        emit stepped(100);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        emit typingAsked();
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void RangeHandle::focusInEvent(QFocusEvent* event)
{
    raise(); // the one that keys move is never the hidden one
    update();
    QWidget::focusInEvent(event);
}

void RangeHandle::focusOutEvent(QFocusEvent* event)
{
    update();
    QWidget::focusOutEvent(event);
}

} // namespace heedmap
