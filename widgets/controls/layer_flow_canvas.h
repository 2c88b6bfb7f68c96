#pragma once

#include "widgets/image/layer_flow_painter.h"

#include <QWidget>

#include <optional>

namespace heedmap {

/// Stacked bars of every layer. Pointing tells which part of which layer, a click or the arrow keys choose a layer.
class LayerFlowCanvas : public QWidget
{
    Q_OBJECT

public:
    explicit LayerFlowCanvas(QWidget* parent = nullptr);

    void setScene(LayerFlowScene scene);
    const LayerFlowScene& scene() const { return m_scene; }
    LayerFlowLayout currentLayout() const;
    /// Where the pointer or, after an arrow key, the keyboard is.
    const std::optional<LayerFlowPlace>& pointedAt() const { return m_pointed; }

signals:
    void pointed(const std::optional<heedmap::LayerFlowPlace>& place);
    void chosen(const heedmap::LayerFlowPlace& place);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void point(const std::optional<LayerFlowPlace>& place);
    /// The next one that has layers, in steps of `by`; absent at the end.
    std::optional<std::size_t> groupBeside(std::size_t group, int by) const;
    void step(int groups, int layers);
    void choose(const LayerFlowPlace& place);

    LayerFlowScene m_scene;
    std::optional<LayerFlowPlace> m_pointed;
};

} // namespace heedmap
