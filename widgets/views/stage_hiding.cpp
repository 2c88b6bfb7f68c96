#include "widgets/views/stage_hiding.h"

#include "widgets/controls/stage_canvas.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/intent_menu.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QRubberBand>

namespace heedmap {

/// Hatches over hidden patches: a layer of its own on the canvas, deaf to the mouse, painted again whenever the canvas
/// is.
class StageHidingMarks : public QWidget
{
public:
    StageHidingMarks(const StageHiding& hiding, StageCanvas& canvas)
        : QWidget(&canvas), m_hiding(hiding), m_canvas(canvas)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        setFocusPolicy(Qt::NoFocus);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        paintHiddenPatches(painter, m_hiding.patches(), m_canvas.deviceFromPicture());
    }

private:
    const StageHiding& m_hiding;
    StageCanvas& m_canvas;
};

StageHiding::StageHiding(ViewContext& context, StageCanvas& canvas)
    : QObject(&canvas), m_context(context), m_canvas(canvas), m_marks(new StageHidingMarks(*this, canvas)),
      m_band(new QRubberBand(QRubberBand::Rectangle, &canvas))
{
    canvas.installEventFilter(this);
    connect(&context.whatIf(), &WhatIfModel::changed, m_marks, qOverload<>(&QWidget::update));
}

/// The side of the shown map that lies on the picture.
const TokenAxis* StageHiding::patchAxis() const
{
    const std::optional<ShownMap> shown = m_context.selection().shown();
    if (!shown)
        return nullptr;
    const Capture& capture = *m_context.selection().capture();
    for (const TokenAxis* axis : {&keyAxisOf(capture, shown->map), &queryAxisOf(capture, shown->map)})
        if (hasPatches(*axis))
            return axis;
    return nullptr;
}

std::vector<QRectF> StageHiding::patches() const
{
    const TokenAxis* axis = patchAxis();
    return axis ? hiddenPatches(*axis, m_context.whatIf().interventions()) : std::vector<QRectF>();
}

/// The patches whose centre lies in a rectangle; of a rectangle without size, the patch there.
std::vector<std::int64_t> StageHiding::patchesIn(const QRectF& device) const
{
    const TokenAxis* axis = patchAxis();
    if (!axis)
        return {};
    const QTransform transform = m_canvas.deviceFromPicture();
    std::vector<std::int64_t> patches;
    if (device.isEmpty()) {
        const QPointF place = transform.inverted().map(device.topLeft());
        if (const auto patch = patchAt(*axis, {place.x(), place.y()}))
            patches.push_back(*patch);
        return patches;
    }
    for (const AxisSegment* segment : patchSegments(*axis))
        for (std::int64_t position = segment->begin; position < segment->end(); ++position)
            if (const auto rect = patchRect(*axis, position);
                rect && device.contains(transform.map(rectFromRectF(*rect).center())))
                patches.push_back(position);
    return patches;
}

std::vector<std::int64_t> StageHiding::patchToHide() const
{
    const TokenAxis* axis = patchAxis();
    if (!axis)
        return {};
    const Hover& hover = m_context.selection().hover();
    for (const auto& place : {hover.key, hover.query})
        if (place && place->axis == axis->id && patchRect(*axis, place->position))
            return {place->position};
    const Selection& kept = m_context.selection().selection();
    const Capture& capture = *m_context.selection().capture();
    if (kept.key && keyAxisOf(capture, kept.map).id == axis->id && patchRect(*axis, *kept.key))
        return {*kept.key};
    return {};
}

bool StageHiding::toggle(const std::vector<std::int64_t>& patches)
{
    const TokenAxis* axis = patchAxis();
    const auto intent = axis ? WhatIfIntent::hideKeys(m_context, axis->id, patches) : std::nullopt;
    if (intent)
        intent->carryOut();
    return intent.has_value();
}

bool StageHiding::showMenu(const std::vector<std::int64_t>& patches, const QPoint& place)
{
    const TokenAxis* axis = patchAxis();
    const auto intent = axis ? WhatIfIntent::hideKeys(m_context, axis->id, patches) : std::nullopt;
    if (!intent)
        return false;
    const QKeySequence key = patches.size() == 1 ? QKeySequence(Qt::Key_H) : QKeySequence();
    connect(openIntentMenu(m_canvas, *intent, key, place), &QMenu::aboutToHide, m_band, &QWidget::hide);
    return true;
}

bool StageHiding::moveBand(QPointF device)
{
    if (!m_pressed)
        return false;
    if (!m_band->isVisible() && (device - *m_pressed).manhattanLength() < QApplication::startDragDistance())
        return true; // a click with Shift may still come of it
    m_band->setGeometry(QRectF(*m_pressed, device).normalized().toRect());
    m_band->show();
    return true;
}

bool StageHiding::endBand(QPointF device, const QPoint& place)
{
    const std::optional<QPointF> pressed = std::exchange(m_pressed, std::nullopt);
    if (!pressed || !m_band->isVisible())
        return false;
    if (!showMenu(patchesIn(QRectF(*pressed, device).normalized()), place))
        m_band->hide();
    return true;
}

bool StageHiding::eventFilter(QObject* watched, QEvent* event)
{
    switch (event->type()) {
    case QEvent::Resize:
        m_marks->setGeometry(m_canvas.rect());
        break;
    case QEvent::ContextMenu: {
        const auto* menu = static_cast<QContextMenuEvent*>(event);
        const bool byKey = menu->reason() == QContextMenuEvent::Keyboard;
        return showMenu(byKey ? patchToHide() : patchesIn(QRectF(menu->pos(), QSizeF())), menu->globalPos());
    }
    case QEvent::KeyPress: {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_H && key->modifiers() == Qt::NoModifier)
            return toggle(patchToHide());
        break;
    }
    case QEvent::MouseButtonPress: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const bool starts = mouse->button() == Qt::LeftButton && (mouse->modifiers() & Qt::ShiftModifier);
        m_pressed = starts && patchAxis() ? std::optional(mouse->position()) : std::nullopt;
        break;
    }
    case QEvent::MouseMove:
        return moveBand(static_cast<QMouseEvent*>(event)->position());
    case QEvent::MouseButtonRelease: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        return endBand(mouse->position(), mouse->globalPosition().toPoint());
    }
    default:
        break;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace heedmap
