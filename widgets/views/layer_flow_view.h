#pragma once

#include "widgets/context/analysis_runners.h"
#include "widgets/context/statistics_model.h"
#include "widgets/image/layer_flow_painter.h"
#include "widgets/views/view.h"

#include <QLabel>
#include <QStackedWidget>
#include <QToolButton>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

class LayerFlowCanvas;
class ParameterForm;
class RunAgainButton;
class StatisticsStrip;

/// Where things go, layer by layer, of the current token or of the mean over all queries but special tokens, for all
/// groups side by side: attention mass (the mean over the heads of each layer, on each part of the keys), rollout (what
/// a token is made of after a layer), or relevance (what a token's streams have gathered after a layer). A click shows
/// a layer everywhere.
class LayerFlowView : public View
{
    Q_OBJECT

public:
    explicit LayerFlowView(ViewContext& context, QWidget* parent = nullptr);

    LayerFlowCanvas& canvas() { return *m_canvas; }
    StatisticsStrip& strip() { return *m_strip; }
    AnalysisRunners& runners() { return m_series; }
    QToolButton& massButton() { return *m_mass; }
    QToolButton& rolloutButton() { return *m_rollout; }
    QToolButton& relevanceButton() { return *m_relevance; }
    QToolButton& tokenButton() { return *m_ofToken; }
    QToolButton& meanButton() { return *m_ofMean; }
    QToolButton& modalityButton() { return *m_byModality; }
    QToolButton& segmentButton() { return *m_bySegment; }
    QToolButton& parametersButton() { return *m_parameters; }
    ParameterForm& form() { return *m_form; } ///< of rollout or relevance, beside the bars
    RunAgainButton& againButton() { return *m_again; }
    QString message() const; ///< why there are no bars; empty where there are

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
    /// One run of an analysis by layer.
    struct Strand
    {
        std::string name; ///< of the run: the group, or the axis relevance is followed from
        AnalysisRequest request;
        std::string obstacle; ///< why it says nothing; empty where it does
    };
    void buildControls();
    void rebuild();
    bool isOfMass() const { return m_mass->isChecked(); }
    QString quantity() const; ///< "mass", "rollout" or "relevance"

    LayerFlowScene massScene();
    std::vector<Block> blocks() const;
    LayerFlowScene::Group groupScene(const Block& block) const;
    std::vector<LayerFlowScene::Part> partsOf(const TokenAxis& keys) const;
    std::vector<std::string> columnsOf(const TokenAxis& keys) const;
    void fillLayers(LayerFlowScene::Group& scene, const Block& block) const;

    LayerFlowScene seriesScene();
    AnalysisSettings seriesSettings() const;
    std::optional<AnalysisScope> shownScope() const; ///< with the token that is looked at
    std::vector<Strand> strands() const;
    std::optional<std::int64_t> rowOf(const Strand& strand) const;
    QString whoseSeries(const std::vector<Strand>& strands) const;
    void addSeries(LayerFlowScene& scene, const Strand& strand);
    void showSeriesProgress(const std::vector<Strand>& strands);
    QString whyNoSeries(const std::vector<Strand>& strands) const;

    void showReadout(const std::optional<LayerFlowPlace>& place);
    void choose(const LayerFlowPlace& place);
    QString whoseRows() const; ///< "“ball”" or "mean over all queries but special tokens"
    QStringList captionLines() const;

    QToolButton* m_mass;
    QToolButton* m_rollout;
    QToolButton* m_relevance;
    QToolButton* m_ofToken;
    QToolButton* m_ofMean;
    QToolButton* m_byModality;
    QToolButton* m_bySegment;
    QToolButton* m_parameters;
    ParameterForm* m_form;
    RunAgainButton* m_again;
    QStackedWidget* m_pages;
    LayerFlowCanvas* m_canvas;
    QLabel* m_message;
    StatisticsStrip* m_strip;
    AnalysisRunners m_series;
    std::map<const Analysis*, AnalysisSettings> m_settings; ///< as they were left
};

} // namespace heedmap
