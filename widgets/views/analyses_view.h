#pragma once

#include "widgets/context/analysis_runner.h"
#include "widgets/image/analysis_figure.h"
#include "widgets/views/view.h"

#include <QLabel>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableWidget>

#include <optional>

namespace heedmap {

class BarList;
class LayerFlowCanvas;
class ColorBar;
class ParameterForm;
class RunAgainButton;
class StageCanvas;

/// Every registered analysis with its formula, source and parameters, and what the chosen one says about the shown map
/// and token: heat on the picture, bars over tokens, a table, or stacked bars a layer. Made from
/// core/analysis/analysis_registry.h alone.
class AnalysesView : public View
{
    Q_OBJECT

public:
    explicit AnalysesView(ViewContext& context, QWidget* parent = nullptr);

    QListWidget& list() { return *m_list; }
    ParameterForm& form() { return *m_form; }
    StageCanvas& canvas() { return *m_canvas; }
    BarList& bars() { return *m_bars; }
    QTableWidget& table() { return *m_table; }
    LayerFlowCanvas& flow() { return *m_flow; }
    QPushButton& cancelButton() { return *m_cancel; }
    QPushButton& startButton() { return *m_start; }
    RunAgainButton& againButton() { return *m_again; }
    AnalysisRunner& runner() { return m_runner; }
    QString headline() const { return m_headline->text(); }
    QString statement() const { return m_statement->text(); }
    QString message() const { return m_message->text(); } ///< why there is no result
    const QWidget* page() const { return m_pages->currentWidget(); }

    std::optional<Figure> figure() override;
    std::optional<NumberTable> numbers() override;
    /// Of the bottom dock; what long sentences would like is no reason for a wider window.
    QSize sizeHint() const override { return QSize(740, 240); }

protected:
    void captureChanged() override;
    void selectionChanged() override;
    void pictureChanged() override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override; ///< nobody looks: the worker stops

private:
    void buildList();
    QWidget* buildDescription();
    QWidget* buildResult();
    QWidget* buildPicturePage();
    QWidget* buildWaitingPage();
    void connectControls();

    const Analysis& chosen() const;
    std::optional<AnalysisScope> scope() const; ///< of the kept map; absent without attention
    std::optional<AnalysisRequest> request() const;
    void showAvailability();
    void showChosen();
    void showResult();
    void showObstacle(const AnalysisObstacle& obstacle);
    void showMessage(const QString& text, bool offerStart);
    void showWaiting();
    void showPicture(const ShownAnalysis& shown);
    void showBars(const ShownAnalysis& shown);
    void showTable(const ShownAnalysis& shown);
    void showSeries(const ShownAnalysis& shown);
    void pointAtLayer(const std::optional<LayerFlowPlace>& place);
    std::optional<std::int64_t> shownRow(const AnalysisResult& result) const;
    std::optional<std::int64_t> shownKey(const AnalysisResult& result) const;
    std::optional<ShownAnalysis> shown() const;
    AnalysisColors colors() const;
    QString readout(const ShownAnalysis& shown, std::span<const float> row, const ValueScale& scale) const;
    void pointAt(std::optional<std::int64_t> key);
    void step(int columns, int rows);
    void keepKey(std::int64_t key);
    std::optional<std::int64_t> keyAt(QPointF picturePosition) const;

    AnalysisRunner m_runner;
    QListWidget* m_list;
    QLabel* m_formula;
    QLabel* m_source;
    ParameterForm* m_form;
    QLabel* m_headline;
    QLabel* m_statement;
    QStackedWidget* m_pages;
    StageCanvas* m_canvas;
    ColorBar* m_colorBar;
    BarList* m_bars;
    QTableWidget* m_table;
    LayerFlowCanvas* m_flow;
    QLabel* m_message;
    QProgressBar* m_progress;
    QPushButton* m_cancel;
    QPushButton* m_start;
    RunAgainButton* m_again;
    QWidget* m_picturePage = nullptr;
    QWidget* m_waitingPage = nullptr;
    std::map<const Analysis*, AnalysisSettings> m_settings; ///< as they were left
    std::shared_ptr<const AnalysisResult> m_result;
    std::optional<AnalysisRequest> m_resultOf;
    struct Listed
    {
        std::shared_ptr<const Capture> capture;
        std::optional<AnalysisScope> scope;
        bool operator==(const Listed&) const = default;
    };
    std::optional<Listed> m_listed;                  ///< what the list's availability is about
    std::shared_ptr<const AnalysisResult> m_tableOf; ///< whose numbers stand in the table
};

} // namespace heedmap
