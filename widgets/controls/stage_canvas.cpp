#include "widgets/controls/stage_canvas.h"

#include "widgets/context/view_context.h"
#include "widgets/controls/canvas_marks.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kMargin = 4;
constexpr double kStep = 1.25;
constexpr double kMostZoom = 64;
constexpr double kMostLabelWidth = 110;

} // namespace

StageCanvas::StageCanvas(QWidget* parent) : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(160, 120);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Picture with attention"));
}

void StageCanvas::setScene(StageScene scene)
{
    if (scene.pictureSize != m_scene.pictureSize)
        fit();
    const bool moved = scene.pictureSize != m_scene.pictureSize;
    m_scene = std::move(scene);
    m_heat = m_scene;
    m_heat.picture = {};
    for (HeatLayer& layer : m_heat.layers)
        layer.heat.convertTo(QImage::Format_ARGB32_Premultiplied);
    if (moved)
        emit viewChanged();
    update();
}

void StageCanvas::setMarks(std::vector<QRectF> marks)
{
    m_marks = std::move(marks);
    update();
}

void StageCanvas::setOverlay(Overlay overlay)
{
    m_overlay = std::move(overlay);
    update();
}

void StageCanvas::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    emit viewChanged();
}

void StageCanvas::setHint(const QString& hint)
{
    m_hint = hint;
    update();
}

QTransform StageCanvas::fitted() const
{
    return fittingTransform(m_scene.pictureSize, QRectF(rect()).marginsRemoved(margins()));
}

QMarginsF StageCanvas::margins() const
{
    QMarginsF margins(kMargin, kMargin, kMargin, kMargin);
    if (m_rowLabels.isEmpty())
        return margins;
    const QFontMetricsF metrics(font());
    double widest = 0;
    for (const QString& label : m_rowLabels)
        widest = std::max(widest, metrics.horizontalAdvance(label));
    margins.setLeft(std::min(widest, kMostLabelWidth) + 2 * kMargin);
    margins.setTop(metrics.height() + 2 * kMargin);
    return margins;
}

void StageCanvas::setLabels(QStringList rows, QStringList columns)
{
    m_rowLabels = std::move(rows);
    m_columnLabels = std::move(columns);
    update();
}

void StageCanvas::paintLabels(QPainter& painter, const QTransform& transform) const
{
    const QFontMetricsF metrics(font());
    const QMarginsF room = margins();
    const QRectF cell = transform.mapRect(QRectF(0, 0, 1, 1));
    if (cell.height() < metrics.height() * 0.9 || cell.width() < metrics.averageCharWidth() * 3)
        return; // too many to be read; chips and status line name them
    painter.setPen(palette().color(QPalette::Disabled, QPalette::Text));
    for (qsizetype row = 0; row < m_rowLabels.size(); ++row) {
        const QRectF place(0, transform.map(QPointF(0, static_cast<double>(row))).y(),
                           std::max(room.left(), cell.left()) - 6, cell.height());
        painter.drawText(place, Qt::AlignRight | Qt::AlignVCenter,
                         metrics.elidedText(m_rowLabels[row], Qt::ElideRight, place.width()));
    }
    for (qsizetype column = 0; column < m_columnLabels.size(); ++column) {
        const double x = transform.map(QPointF(static_cast<double>(column), 0)).x();
        const QRectF place(x, 0, cell.width(), std::max(room.top(), cell.top()) - 3);
        painter.drawText(place, Qt::AlignHCenter | Qt::AlignBottom,
                         metrics.elidedText(m_columnLabels[column], Qt::ElideRight, cell.width() - 2));
    }
}

QTransform StageCanvas::deviceFromPicture() const
{
    const QPointF centre = QRectF(rect()).center();
    QTransform zooming = QTransform::fromTranslate(-centre.x(), -centre.y());
    zooming *= QTransform::fromScale(m_zoom, m_zoom);
    zooming *= QTransform::fromTranslate(centre.x() + m_pan.x(), centre.y() + m_pan.y());
    return fitted() * zooming;
}

QPointF StageCanvas::pictureFromDevice(QPointF device) const
{
    return deviceFromPicture().inverted().map(device);
}

bool StageCanvas::isInside(QPointF picturePosition) const
{
    return QRectF(QPointF(0, 0), m_scene.pictureSize).contains(picturePosition);
}

void StageCanvas::zoomIn()
{
    zoomAround(QRectF(rect()).center(), kStep);
}

void StageCanvas::zoomOut()
{
    zoomAround(QRectF(rect()).center(), 1 / kStep);
}

void StageCanvas::fit()
{
    m_zoom = 1;
    m_pan = {};
    emit zoomChanged(m_zoom);
    emit viewChanged();
    update();
}

void StageCanvas::zoomAround(QPointF device, double factor)
{
    if (m_scene.pictureSize.isEmpty())
        return;
    const QPointF fixed = pictureFromDevice(device);
    m_zoom = std::clamp(m_zoom * factor, 1.0, kMostZoom);
    m_pan += device - deviceFromPicture().map(fixed);
    limitPan();
    emit zoomChanged(m_zoom);
    emit viewChanged();
    update();
}

void StageCanvas::limitPan()
{
    const QSizeF size = fitted().mapRect(QRectF(QPointF(0, 0), m_scene.pictureSize)).size() * m_zoom;
    const double x = std::max(0.0, (size.width() - width()) / 2 + kMargin);
    const double y = std::max(0.0, (size.height() - height()) / 2 + kMargin);
    m_pan = QPointF(std::clamp(m_pan.x(), -x, x), std::clamp(m_pan.y(), -y, y));
}

/// Scaling the picture smoothly takes longer than everything else of a hover's repaint, and it is the same at each.
const QPixmap& StageCanvas::scaledPicture(const QTransform& transform)
{
    const PictureKey key{m_scene.picture.cacheKey(), transform, size(), devicePixelRatioF()};
    if (key == m_scaledKey)
        return m_scaledPicture;
    m_scaledPicture = QPixmap(size() * key.pixelRatio);
    m_scaledPicture.setDevicePixelRatio(key.pixelRatio);
    m_scaledPicture.fill(Qt::transparent);
    QPainter painter(&m_scaledPicture);
    paintStage(painter, {m_scene.picture, m_scene.pictureSize, {}}, transform);
    m_scaledKey = key;
    return m_scaledPicture;
}

void StageCanvas::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    if (m_scene.pictureSize.isEmpty()) {
        paintEmptyHint(painter, *this, m_hint);
    } else {
        const QTransform transform = deviceFromPicture();
        if (!m_scene.picture.isNull())
            painter.drawPixmap(0, 0, scaledPicture(transform));
        paintStage(painter, m_heat, transform);
        paintLabels(painter, transform);
        if (m_overlay)
            m_overlay(painter, transform);
        for (const QRectF& mark : m_marks)
            paintPatchOutline(painter, mark, transform, ViewContext::markColor());
    }
    if (hasFocus() && m_scene.pictureSize.isValid())
        paintFocusFrame(painter, *this);
}

void StageCanvas::mouseMoveEvent(QMouseEvent* event)
{
    if (m_pressed && (event->buttons() & (Qt::LeftButton | Qt::MiddleButton))) {
        const QPointF moved = event->position() - *m_pressed;
        if (m_dragging || moved.manhattanLength() >= QApplication::startDragDistance()) {
            m_dragging = true;
            m_pan += moved;
            m_pressed = event->position();
            limitPan();
            emit viewChanged();
            setCursor(Qt::ClosedHandCursor);
            update();
        }
        return;
    }
    const QPointF position = pictureFromDevice(event->position());
    if (isInside(position))
        emit hovered(position);
    else
        emit left();
}

void StageCanvas::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton)
        return;
    m_pressed = event->position();
    m_dragging = false;
}

void StageCanvas::mouseReleaseEvent(QMouseEvent* event)
{
    if (!m_pressed)
        return;
    const QPointF position = pictureFromDevice(event->position());
    if (!m_dragging && event->button() == Qt::LeftButton && isInside(position))
        emit clicked(position, event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier));
    m_pressed.reset();
    m_dragging = false;
    unsetCursor();
}

void StageCanvas::mouseDoubleClickEvent(QMouseEvent* event)
{
    mousePressEvent(event); // two clicks, each of which keeps or lets go
}

void StageCanvas::leaveEvent(QEvent*)
{
    emit left();
}

void StageCanvas::wheelEvent(QWheelEvent* event)
{
    zoomAround(event->position(), std::pow(kStep, event->angleDelta().y() / 120.0));
    event->accept();
}

void StageCanvas::keyPressEvent(QKeyEvent* event)
{
    const bool shifted = event->modifiers() & Qt::ShiftModifier;
    switch (event->key()) {
    case Qt::Key_Left:
        return shifted ? emit nudged(-1) : emit stepped(-1, 0);
    case Qt::Key_Right:
        return shifted ? emit nudged(1) : emit stepped(1, 0);
    case Qt::Key_Up:
        return emit stepped(0, -1);
    case Qt::Key_Down:
        return emit stepped(0, 1);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoomIn();
    case Qt::Key_Minus:
        return zoomOut();
    case Qt::Key_0:
        return fit();
    case Qt::Key_Space:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!(event->modifiers() & Qt::ControlModifier))
            return emit activated(event->modifiers() & Qt::ShiftModifier);
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

void StageCanvas::focusOutEvent(QFocusEvent* event)
{
    if (event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason)
        emit left();
    QWidget::focusOutEvent(event);
}

} // namespace heedmap
