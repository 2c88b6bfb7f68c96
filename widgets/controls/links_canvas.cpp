#include "widgets/controls/links_canvas.h"

#include "widgets/controls/canvas_marks.h"

#include <QApplication>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr int kBarWidth = 9;
constexpr double kWheelRows = 3;

} // namespace

LinksCanvas::LinksCanvas(QWidget* parent) : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Links between tokens and patches"));
    for (QScrollBar*& bar : m_bars) {
        bar = new QScrollBar(Qt::Vertical, this);
        bar->setFocusPolicy(Qt::NoFocus);
        bar->hide();
        connect(bar, &QScrollBar::valueChanged, this, qOverload<>(&QWidget::update));
    }
}

LinksLayout LinksCanvas::currentLayout() const
{
    if (!m_scene.queries.axis || !m_scene.keys.axis)
        return {};
    return layoutLinks(m_scene, QSizeF(size()), QFontMetricsF(font()),
                       {double(m_bars[0]->value()), double(m_bars[1]->value())});
}

void LinksCanvas::setScene(const LinksScene& scene)
{
    const bool isOther = scene.queries.axis != m_scene.queries.axis || scene.keys.axis != m_scene.keys.axis;
    m_scene = scene;
    if (isOther)
        for (QScrollBar* bar : m_bars)
            bar->setValue(0);
    arrangeBars();
    update();
}

void LinksCanvas::setHint(const QString& hint)
{
    m_hint = hint;
    update();
}

void LinksCanvas::arrangeBars()
{
    const LinksLayout layout = currentLayout();
    for (const LinkSide which : {LinkSide::Query, LinkSide::Key}) {
        const LinksLayout::Side& side = layout.side(which);
        QScrollBar& bar = *m_bars[static_cast<std::size_t>(which)];
        const double hidden = side.contentHeight - side.list.height();
        bar.setVisible(hidden > 0.5);
        bar.setRange(0, static_cast<int>(std::ceil(std::max(0.0, hidden))));
        bar.setPageStep(static_cast<int>(side.list.height()));
        bar.setSingleStep(static_cast<int>(std::ceil(side.rowHeight)));
        const double x = which == LinkSide::Query ? side.list.left() - kBarWidth - 1 : side.list.right() + 1;
        bar.setGeometry(static_cast<int>(std::clamp(x, 0.0, std::max(0.0, double(width() - kBarWidth)))),
                        static_cast<int>(side.list.top()), kBarWidth, static_cast<int>(side.list.height()));
    }
}

void LinksCanvas::reveal(LinkSide which, std::int64_t position)
{
    const LinksLayout layout = currentLayout();
    const LinksLayout::Side& side = layout.side(which);
    const std::optional<QRectF> row =
        m_scene.axis(which).axis ? linkRow(m_scene, layout, which, position) : std::nullopt;
    if (!row)
        return;
    QScrollBar& bar = *m_bars[static_cast<std::size_t>(which)];
    if (row->top() < side.list.top() || row->bottom() > side.list.bottom())
        bar.setValue(bar.value() + static_cast<int>(row->center().y() - side.list.center().y()));
}

int LinksCanvas::curvesOutOfSight() const
{
    const LinksLayout layout = currentLayout();
    const auto isAway = [&](LinkSide which, std::int64_t position) {
        const QRectF list = layout.side(which).list;
        const std::optional<QRectF> row = linkRow(m_scene, layout, which, position);
        return row && (row->center().y() < list.top() || row->center().y() > list.bottom());
    };
    return static_cast<int>(std::ranges::count_if(m_scene.curves, [&](const LinkCurve& curve) {
        return isAway(LinkSide::Query, curve.query) || isAway(LinkSide::Key, curve.key);
    }));
}

void LinksCanvas::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const LinkColors colors{palette().color(QPalette::WindowText),
                            palette().color(QPalette::Disabled, QPalette::WindowText), palette().color(QPalette::Base)};
    paintLinks(painter, m_scene, currentLayout(), colors);
    if (m_scene.curves.empty() && !m_hint.isEmpty()) {
        const QRectF area = QRectF(rect()).adjusted(8, 4, -8, -4);
        const QRectF box = painter.boundingRect(area, Qt::AlignCenter | Qt::TextWordWrap, m_hint);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(palette().color(QPalette::Mid), 1));
        painter.setBrush(palette().color(QPalette::Window));
        painter.drawRoundedRect(box.adjusted(-8, -4, 8, 4), 4, 4);
        painter.setPen(colors.fainter);
        painter.drawText(box, Qt::AlignCenter | Qt::TextWordWrap, m_hint);
    }
    if (hasFocus())
        paintFocusFrame(painter, *this);
}

/// A token, or a patch where a curve ends; else a curve, which may lie on other patches; else a patch.
LinkPlace LinksCanvas::placeAt(QPointF position) const
{
    const LinksLayout layout = currentLayout();
    LinkPlace place;
    place.query = linkPositionAt(m_scene, layout, LinkSide::Query, position);
    if (!place.query)
        place.key = linkPositionAt(m_scene, layout, LinkSide::Key, position);
    for (const LinkSide side : {LinkSide::Query, LinkSide::Key})
        if (layout.side(side).list.contains(position))
            return place;
    const std::optional<std::size_t> found = linkCurveAt(m_scene, layout, position);
    if (!found)
        return place;
    const LinkCurve& curve = m_scene.curves[*found];
    const bool isEnd = place.query == curve.query || place.key == curve.key;
    return isEnd ? place : LinkPlace{curve.query, curve.key};
}

void LinksCanvas::mouseMoveEvent(QMouseEvent* event)
{
    const LinkPlace place = placeAt(event->position());
    setCursor(place.isNothing() ? Qt::ArrowCursor : Qt::PointingHandCursor);
    if (place == m_hovered)
        return;
    m_hovered = place;
    emit hovered(place);
}

void LinksCanvas::mousePressEvent(QMouseEvent* event)
{
    m_pressed = event->position();
}

void LinksCanvas::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton ||
        (event->position() - m_pressed).manhattanLength() > QApplication::startDragDistance())
        return;
    const LinkPlace place = placeAt(event->position());
    if (!place.isNothing())
        emit clicked(place, event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier));
}

void LinksCanvas::leaveEvent(QEvent*)
{
    if (!std::exchange(m_hovered, {}).isNothing())
        emit hovered({});
}

void LinksCanvas::wheelEvent(QWheelEvent* event)
{
    const LinksLayout layout = currentLayout();
    for (const LinkSide which : {LinkSide::Query, LinkSide::Key}) {
        const LinksLayout::Side& side = layout.side(which);
        QScrollBar& bar = *m_bars[static_cast<std::size_t>(which)];
        if (bar.maximum() == 0 || !side.list.adjusted(-12, 0, 12, 0).contains(event->position()))
            continue;
        bar.setValue(bar.value() - static_cast<int>(event->angleDelta().y() / 120.0 * kWheelRows * side.rowHeight));
        event->accept();
        return;
    }
    event->ignore();
}

void LinksCanvas::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
        emit stepped(event->key() == Qt::Key_Up ? -1 : 1, 0);
        return;
    case Qt::Key_Left:
    case Qt::Key_Right:
        emit stepped(0, event->key() == Qt::Key_Left ? -1 : 1);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        emit activated(event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier));
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void LinksCanvas::resizeEvent(QResizeEvent*)
{
    arrangeBars();
}

} // namespace heedmap
