#include "widgets/controls/layer_flow_canvas.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace heedmap {

LayerFlowCanvas::LayerFlowCanvas(QWidget* parent) : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("What goes where by layer, one stacked bar a layer"));
}

void LayerFlowCanvas::setScene(LayerFlowScene scene)
{
    m_scene = std::move(scene);
    if (m_pointed && (m_pointed->group >= m_scene.groups.size() ||
                      m_pointed->layer >= m_scene.groups[m_pointed->group].layers.size()))
        m_pointed.reset();
    setMinimumWidth(static_cast<int>(narrowestLayerFlow(m_scene)));
    update();
}

LayerFlowLayout LayerFlowCanvas::currentLayout() const
{
    return layoutLayerFlow(m_scene, QRectF(rect()).adjusted(2, 0, -2, 0), QFontMetricsF(font()));
}

void LayerFlowCanvas::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const LayerFlowInk ink{palette().color(QPalette::WindowText),
                           palette().color(QPalette::Disabled, QPalette::WindowText),
                           palette().color(QPalette::Highlight), palette().color(QPalette::Button)};
    paintLayerFlow(painter, m_scene, currentLayout(), ink, m_pointed);
    if (hasFocus()) {
        painter.setPen(QPen(ink.accent, 1, Qt::DotLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
}

void LayerFlowCanvas::point(const std::optional<LayerFlowPlace>& place)
{
    if (place == m_pointed)
        return;
    m_pointed = place;
    update();
    emit pointed(place);
}

void LayerFlowCanvas::mouseMoveEvent(QMouseEvent* event)
{
    point(layerFlowPlaceAt(m_scene, currentLayout(), event->position()));
}

void LayerFlowCanvas::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    if (const auto place = layerFlowPlaceAt(m_scene, currentLayout(), event->position()))
        emit chosen(*place);
}

void LayerFlowCanvas::leaveEvent(QEvent*)
{
    point(std::nullopt);
}

std::optional<std::size_t> LayerFlowCanvas::groupBeside(std::size_t group, int by) const
{
    if (by == 0)
        return group;
    for (int next = static_cast<int>(group) + by; next >= 0 && next < static_cast<int>(m_scene.groups.size());
         next += by)
        if (!m_scene.groups[static_cast<std::size_t>(next)].layers.empty())
            return static_cast<std::size_t>(next);
    return std::nullopt;
}

void LayerFlowCanvas::step(int groups, int layers)
{
    for (std::size_t group = 0; group < m_scene.groups.size(); ++group)
        for (std::size_t layer = 0; layer < m_scene.groups[group].layers.size(); ++layer) {
            if (!m_scene.groups[group].layers[layer].current)
                continue;
            const auto clamped = [](std::size_t at, int by, std::size_t count) {
                return static_cast<std::size_t>(std::clamp(static_cast<int>(at) + by, 0, static_cast<int>(count) - 1));
            };
            if (const std::optional<std::size_t> to = groupBeside(group, groups))
                choose({*to, clamped(layer, layers, m_scene.groups[*to].layers.size()), {}});
            return;
        }
    for (std::size_t group = 0; group < m_scene.groups.size(); ++group) // none is current: the first one
        if (!m_scene.groups[group].layers.empty())
            return choose({group, 0, {}});
}

/// By keyboard: what is chosen is read out as well.
void LayerFlowCanvas::choose(const LayerFlowPlace& place)
{
    point(place);
    emit chosen(place);
}

void LayerFlowCanvas::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Up:
        return step(0, -1);
    case Qt::Key_Down:
        return step(0, 1);
    case Qt::Key_Left:
        return step(-1, 0);
    case Qt::Key_Right:
        return step(1, 0);
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace heedmap
