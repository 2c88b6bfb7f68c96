#include "widgets/controls/swipe_divider.h"

#include "widgets/controls/stage_canvas.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr int kWidth = 15; // odd: the line is its middle
constexpr double kStep = 0.02;

} // namespace

SwipeDivider::SwipeDivider(StageCanvas& canvas) : QWidget(&canvas), m_canvas(canvas)
{
    setCursor(Qt::SplitHCursor);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Divider: plain picture at the left, map at the right"));
    setToolTip(tr("Drag, or move with the arrow keys"));
    connect(&canvas, &StageCanvas::viewChanged, this, &SwipeDivider::follow);
    hide();
}

void SwipeDivider::setPart(double part)
{
    part = std::clamp(part, 0.0, 1.0);
    if (part == m_part)
        return;
    m_part = part;
    follow();
    emit moved(m_part);
}

void SwipeDivider::follow()
{
    const double x = m_canvas.deviceFromPicture().map(QPointF(m_part * m_canvas.scene().pictureSize.width(), 0)).x();
    setGeometry(static_cast<int>(std::floor(x)) - kWidth / 2, 0, kWidth, m_canvas.height());
}

void SwipeDivider::showEvent(QShowEvent*)
{
    follow();
}

void SwipeDivider::moveTo(double canvasX)
{
    const double x = m_canvas.deviceFromPicture().inverted().map(QPointF(canvasX, 0)).x();
    setPart(x / std::max(1.0, m_canvas.scene().pictureSize.width()));
}

void SwipeDivider::mousePressEvent(QMouseEvent* event)
{
    setFocus(Qt::MouseFocusReason);
    event->accept();
}

void SwipeDivider::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton)
        moveTo(mapToParent(event->position()).x());
}

void SwipeDivider::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Left:
        return setPart(m_part - kStep);
    case Qt::Key_Right:
        return setPart(m_part + kStep);
    case Qt::Key_Home:
        return setPart(0);
    case Qt::Key_End:
        return setPart(1);
    default:
        QWidget::keyPressEvent(event);
    }
}

void SwipeDivider::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double x = kWidth / 2.0;
    painter.setPen(QPen(QColor(0, 0, 0, 120), 3));
    painter.drawLine(QPointF(x, 0), QPointF(x, height()));
    painter.setPen(QPen(hasFocus() ? palette().color(QPalette::Highlight) : QColor(Qt::white), 1.4));
    painter.drawLine(QPointF(x, 0), QPointF(x, height()));
    painter.setBrush(QColor(40, 42, 46));
    painter.drawRoundedRect(QRectF(1.5, height() / 2.0 - 14, kWidth - 3, 28), 5, 5);
    painter.drawLine(QPointF(x - 2, height() / 2.0 - 5), QPointF(x - 2, height() / 2.0 + 5));
    painter.drawLine(QPointF(x + 2, height() / 2.0 - 5), QPointF(x + 2, height() / 2.0 + 5));
}

} // namespace heedmap
