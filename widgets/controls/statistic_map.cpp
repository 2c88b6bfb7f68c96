#include "widgets/controls/statistic_map.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <utility>

namespace heedmap {

StatisticMap::StatisticMap(QWidget* parent) : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("A number for every head: layers down, heads across"));
}

void StatisticMap::setScene(StatisticMapScene scene)
{
    m_scene = std::move(scene);
    const auto exists = [&](const std::optional<Place>& place) {
        return place && place->layer < m_scene.layers.size() && place->head < m_scene.layers[place->layer].cells.size();
    };
    for (std::optional<Place>* place : {&m_pressed, &m_reached, &m_current, &m_pointed})
        if (!exists(*place))
            place->reset();
    update();
}

StatisticMapLayout StatisticMap::currentLayout() const
{
    return layoutStatisticMap(m_scene, QRectF(rect()), QFontMetricsF(font()));
}

std::optional<StatisticMap::Place> StatisticMap::placeAt(QPointF point) const
{
    const StatisticMapLayout layout = currentLayout();
    if (!layout.cells.contains(point))
        return std::nullopt;
    const Place place{static_cast<std::size_t>((point.y() - layout.cells.top()) / layout.cellHeight),
                      static_cast<std::size_t>((point.x() - layout.cells.left()) / layout.cellWidth)};
    if (place.layer >= m_scene.layers.size() || place.head >= m_scene.layers[place.layer].cells.size())
        return std::nullopt;
    return place;
}

std::vector<SiteHead> StatisticMap::chosenHeads() const
{
    std::vector<SiteHead> heads;
    for (const StatisticMapScene::Layer& layer : m_scene.layers)
        for (const StatisticMapScene::Cell& cell : layer.cells)
            if (cell.chosen)
                heads.push_back(cell.head);
    return heads;
}

void StatisticMap::toggle(const Place& place)
{
    std::vector<SiteHead> heads;
    for (std::size_t layer = 0; layer < m_scene.layers.size(); ++layer)
        for (std::size_t head = 0; head < m_scene.layers[layer].cells.size(); ++head) {
            const StatisticMapScene::Cell& one = m_scene.layers[layer].cells[head];
            if (one.stored && one.chosen != (place == Place{layer, head}))
                heads.push_back(one.head);
        }
    if (!heads.empty())
        emit chosen(heads);
}

void StatisticMap::chooseRectangle(const Place& from, const Place& to)
{
    std::vector<SiteHead> heads;
    for (std::size_t layer = std::min(from.layer, to.layer); layer <= std::max(from.layer, to.layer); ++layer)
        for (std::size_t head = std::min(from.head, to.head); head <= std::max(from.head, to.head); ++head)
            if (head < m_scene.layers[layer].cells.size() && m_scene.layers[layer].cells[head].stored)
                heads.push_back(m_scene.layers[layer].cells[head].head);
    if (!heads.empty())
        emit chosen(heads);
}

bool StatisticMap::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        if (const std::optional<Place> place = placeAt(help->pos()))
            QToolTip::showText(
                help->globalPos(),
                tr("%1 · H%2: %3")
                    .arg(m_scene.layers[place->layer].label)
                    .arg(place->head)
                    .arg(cell(*place).stored
                             ? tr("%1 %2 %3").arg(m_scene.title, statisticText(cell(*place).value), m_scene.unit)
                             : tr("not stored in this capture")),
                this);
        else
            QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

void StatisticMap::paintEvent(QPaintEvent*)
{
    if (m_scene.layers.empty())
        return;
    QPainter painter(this);
    const StatisticMapLayout layout = currentLayout();
    paintStatisticMap(painter, m_scene, layout,
                      {palette().color(QPalette::WindowText), palette().color(QPalette::Disabled, QPalette::WindowText),
                       palette().color(QPalette::Highlight), palette().color(QPalette::Button)});
    painter.setBrush(Qt::NoBrush);
    if (m_pressed && m_reached) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
        painter.drawRect(layout.cellRect(m_pressed->layer, m_pressed->head)
                             .united(layout.cellRect(m_reached->layer, m_reached->head)));
    }
    if (m_pointed) {
        painter.setPen(palette().color(QPalette::WindowText));
        painter.drawRect(layout.cellRect(m_pointed->layer, m_pointed->head).adjusted(0, 0, -1, -1));
    }
    if (hasFocus()) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 1, Qt::DotLine));
        painter.drawRect(layout.cells.adjusted(-2, -2, 2, 2));
    }
}

void StatisticMap::mousePressEvent(QMouseEvent* event)
{
    const std::optional<Place> place = placeAt(event->position());
    if (event->button() != Qt::LeftButton || !place)
        return;
    m_current = place;
    if (event->modifiers() & Qt::ControlModifier)
        return toggle(*place);
    m_pressed = place;
    if (cell(*place).stored)
        emit chosen({cell(*place).head});
}

void StatisticMap::mouseMoveEvent(QMouseEvent* event)
{
    const std::optional<Place> place = placeAt(event->position());
    if (place == m_pointed)
        return;
    if (m_pressed && place)
        m_reached = place; // chosen when the button is let go: one choice, one step to undo
    m_pointed = place;
    update();
}

void StatisticMap::mouseReleaseEvent(QMouseEvent*)
{
    const std::optional<Place> from = std::exchange(m_pressed, std::nullopt);
    const std::optional<Place> to = std::exchange(m_reached, std::nullopt);
    if (from && to && from != to)
        chooseRectangle(*from, *to);
    update();
}

void StatisticMap::leaveEvent(QEvent*)
{
    m_pointed.reset();
    update();
}

StatisticMap::Place StatisticMap::current() const
{
    if (m_current && cell(*m_current).chosen)
        return *m_current;
    for (std::size_t layer = 0; layer < m_scene.layers.size(); ++layer)
        for (std::size_t head = 0; head < m_scene.layers[layer].cells.size(); ++head)
            if (m_scene.layers[layer].cells[head].chosen)
                return {layer, head};
    return {};
}

void StatisticMap::step(int layers, int heads, bool add)
{
    const Place from = current();
    const auto moved = [](std::size_t at, int by, std::size_t count) {
        return static_cast<std::size_t>(
            std::clamp(static_cast<int>(at) + by, 0, static_cast<int>(std::max<std::size_t>(1, count)) - 1));
    };
    Place to{moved(from.layer, layers, m_scene.layers.size()), 0};
    to.head = moved(from.head, heads, m_scene.layers[to.layer].cells.size());
    if (to.head >= m_scene.layers[to.layer].cells.size())
        return;
    m_current = to;
    if (!add)
        return emit chosen({cell(to).head});
    if (!cell(to).chosen)
        toggle(to);
}

void StatisticMap::keyPressEvent(QKeyEvent* event)
{
    if (m_scene.layers.empty())
        return QWidget::keyPressEvent(event);
    const bool add = event->modifiers() & Qt::ShiftModifier;
    switch (event->key()) {
    case Qt::Key_Up:
        return step(-1, 0, add);
    case Qt::Key_Down:
        return step(1, 0, add);
    case Qt::Key_Left:
        return step(0, -1, add);
    case Qt::Key_Right:
        return step(0, 1, add);
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace heedmap
