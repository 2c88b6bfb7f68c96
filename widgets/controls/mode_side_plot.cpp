#include "widgets/controls/mode_side_plot.h"

#include "widgets/context/map_labels.h"
#include "widgets/controls/canvas_marks.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace heedmap {

ModeSidePlot::ModeSidePlot(QWidget* parent) : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void ModeSidePlot::setScene(std::optional<ModeSideScene> scene)
{
    m_scene = std::move(scene);
    m_places = {};
    m_rank.reset();
    setAccessibleName(m_scene ? m_scene->title : QString());
    QStringList strongest;
    for (std::size_t i = 0; m_scene && i < std::min<std::size_t>(m_scene->side.strongest.size(), 6); ++i)
        strongest << m_scene->side.strongest[i].label + u' ' + signedValueText(m_scene->side.strongest[i].value);
    setAccessibleDescription(strongest.join(QStringLiteral(", ")));
    update();
}

void ModeSidePlot::setMarked(const std::vector<std::int64_t>& positions)
{
    if (!m_scene || m_scene->marked == positions)
        return;
    m_scene->marked = positions;
    update();
}

QPointF ModeSidePlot::placeOf(std::int64_t position) const
{
    if (!m_scene)
        return {};
    if (m_scene->side.isOnPicture) {
        const auto rect = patchRect(m_scene->axis, position);
        return rect ? m_places.deviceFromPicture.map(QPointF(rect->x + rect->width / 2, rect->y + rect->height / 2))
                    : QPointF();
    }
    for (std::size_t bar = 0; bar < m_places.bars.size(); ++bar)
        if (m_places.bars[bar].position == position)
            return QPointF(m_places.body.left() + 8,
                           m_places.body.top() + (static_cast<double>(bar) + 0.5) * m_places.line);
    return {};
}

std::optional<std::int64_t> ModeSidePlot::positionAt(QPointF place) const
{
    if (!m_scene || !m_places.body.contains(place))
        return std::nullopt;
    if (m_scene->side.isOnPicture) {
        bool canInvert = false;
        const QPointF onPicture = m_places.deviceFromPicture.inverted(&canInvert).map(place);
        const QRectF picture(QPointF(0, 0), m_scene->scene.pictureSize);
        return canInvert && picture.contains(onPicture) ? patchAt(m_scene->axis, {onPicture.x(), onPicture.y()})
                                                        : std::nullopt;
    }
    const auto bar = static_cast<std::size_t>((place.y() - m_places.body.top()) / m_places.line);
    return bar < m_places.bars.size() ? std::optional(m_places.bars[bar].position) : std::nullopt;
}

void ModeSidePlot::paintEvent(QPaintEvent*)
{
    if (!m_scene)
        return;
    QPainter painter(this);
    const ModeInk ink{palette().color(QPalette::WindowText), palette().color(QPalette::Disabled, QPalette::Text),
                      palette().color(QPalette::Highlight)};
    m_places = paintModeSide(painter, QRectF(rect()), *m_scene, ink);
    if (hasFocus())
        paintFocusFrame(painter, *this);
}

void ModeSidePlot::mouseMoveEvent(QMouseEvent* event)
{
    if (const auto position = positionAt(event->position()))
        emit hovered(axisName(), *position);
    else
        emit left();
}

void ModeSidePlot::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    if (const auto position = positionAt(event->position()))
        emit clicked(axisName(), *position, event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier));
}

void ModeSidePlot::leaveEvent(QEvent*)
{
    emit left();
}

void ModeSidePlot::goTo(std::size_t rank)
{
    const std::vector<ModeEntry>& entries = m_scene->side.strongest;
    if (entries.empty())
        return;
    m_rank = std::min(rank, entries.size() - 1);
    emit hovered(axisName(), entries[*m_rank].position);
}

void ModeSidePlot::keyPressEvent(QKeyEvent* event)
{
    if (!m_scene)
        return QWidget::keyPressEvent(event);
    switch (event->key()) {
    case Qt::Key_Up:
        return goTo(m_rank && *m_rank > 0 ? *m_rank - 1 : 0);
    case Qt::Key_Down:
        return goTo(m_rank ? *m_rank + 1 : 0);
    case Qt::Key_Home:
        return goTo(0);
    case Qt::Key_End:
        return goTo(kMostModeEntries);
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (m_rank)
            emit clicked(axisName(), m_scene->side.strongest[*m_rank].position,
                         event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier));
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

QString ModeSidePlot::textOf(std::int64_t position) const
{
    QStringList lines;
    for (const ModeEntry& entry : m_scene->side.strongest)
        if (entry.position == position && lines.size() < 6)
            lines << QStringLiteral("%1: %2").arg(entry.label, QString::number(entry.value, 'f', 4));
    if (lines.isEmpty() && m_scene->side.isOnPicture)
        lines << QStringLiteral("%1: %2").arg(
            positionLabel(m_scene->axis, position),
            QString::number(m_scene->side.atPosition[static_cast<std::size_t>(position)], 'f', 4));
    return lines.join(u'\n');
}

bool ModeSidePlot::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto position = positionAt(help->pos());
    QToolTip::showText(help->globalPos(),
                       position ? textOf(*position).toHtmlEscaped().replace(u'\n', QStringLiteral("<br>")) : QString(),
                       this);
    return true;
}

} // namespace heedmap
