#pragma once

#include "widgets/context/statistics_model.h"
#include "widgets/image/layer_flow_painter.h"
#include "widgets/views/view.h"

#include <QLabel>
#include <QToolButton>

#include <optional>
#include <vector>

namespace heedmap {

class LayerFlowCanvas;
class StatisticsStrip;

/// Where attention goes, layer by layer: the mean over the heads of each layer of the mass on each part of the keys,
/// for all groups side by side; of the current token or of the mean over all queries but special tokens. A click shows
/// the mean over the heads of a layer everywhere.
class LayerFlowView : public View
{
    Q_OBJECT

public:
    explicit LayerFlowView(ViewContext& context, QWidget* parent = nullptr);

    LayerFlowCanvas& canvas() { return *m_canvas; }
    StatisticsStrip& strip() { return *m_strip; }
    QToolButton& tokenButton() { return *m_ofToken; }
    QToolButton& meanButton() { return *m_ofMean; }
    QToolButton& modalityButton() { return *m_byModality; }
    QToolButton& segmentButton() { return *m_bySegment; }
    QString readout() const { return m_readout->text(); }

    std::optional<Figure> figure() override;
    std::optional<NumberTable> numbers() override;

protected:
    void captureChanged() override;
    void selectionChanged() override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override; ///< nobody looks: reading stops

private:
    /// One group and what is wished for it; no wish: the current token is no query of it.
    struct Block
    {
        GroupChoice group;
        std::optional<StatisticsWish> wish;
    };
    void buildControls();
    std::vector<Block> blocks() const;
    void rebuild();
    LayerFlowScene::Group groupScene(const Block& block) const;
    std::vector<LayerFlowScene::Part> partsOf(const TokenAxis& keys) const;
    std::vector<std::string> columnsOf(const TokenAxis& keys) const;
    void fillLayers(LayerFlowScene::Group& scene, const Block& block) const;
    void colorSegments(LayerFlowScene& scene) const;
    void showReadout(const std::optional<LayerFlowPlace>& place);
    void choose(const LayerFlowPlace& place);
    QString whoseRows() const; ///< "“ball”" or "mean over all queries but special tokens"
    QStringList captionLines() const;

    QToolButton* m_ofToken;
    QToolButton* m_ofMean;
    QToolButton* m_byModality;
    QToolButton* m_bySegment;
    LayerFlowCanvas* m_canvas;
    QLabel* m_readout;
    StatisticsStrip* m_strip;
};

} // namespace heedmap
