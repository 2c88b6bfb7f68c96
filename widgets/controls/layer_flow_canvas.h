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
    void step(int groups, int layers);

    LayerFlowScene m_scene;
    std::optional<LayerFlowPlace> m_pointed;
};

} // namespace heedmap
