#pragma once

#include "core/analysis/map_strip.h"
#include "core/render/value_scale.h"
#include "widgets/context/group_weights_provider.h"
#include "widgets/context/strip_provider.h"
#include "widgets/plot/matrix_plot.h"
#include "widgets/views/view.h"

#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QTimer>
#include <QToolButton>

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace heedmap {

class ColorBar;

/// The whole map of the kept head or set: queries down, keys across, to be zoomed and moved. Where weights are smaller
/// than pixels, a cell shows the largest (or the mean) of those it stands for, and the view says of how many. Limits
/// are those of the whole maps of all heads where they are shared, of this map until they are read. Sums of what is in
/// sight stand beside it.
class MatrixView : public View
{
    Q_OBJECT

public:
    explicit MatrixView(ViewContext& context, QWidget* parent = nullptr);

    MatrixPlot& plot() { return *m_plot; }
    StripProvider& strips() { return m_strips; }
    GroupWeightsProvider& groupWeights() { return m_groupWeights; }
    QComboBox& pooling() { return *m_pooling; }
    QToolButton& stopButton() { return *m_stop; }
    /// Everything that is read is in the plot, in its colours.
    bool isDrawn() const { return !m_drawSoon.isActive() && !m_colourSoon.isActive(); }
    CellSize cell() const { return m_cell; }
    QString statement() const { return m_statement->text(); }
    QString readout() const { return m_readout->text(); }

    std::optional<Figure> figure() override;       ///< the window in sight
    std::optional<NumberTable> numbers() override; ///< the same: weights, or cells where they are pooled

protected:
    void captureChanged() override;
    void selectionChanged() override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    /// What tiles are coloured by.
    struct Look
    {
        ValueScale scale;
        QString colorMap;
        Pooling pooling = Pooling::Largest;
    };
    /// The cells in sight: rows and columns of the map at m_cell, [first, last].
    struct Sight
    {
        std::int64_t firstRow = 0;
        std::int64_t lastRow = -1;
        std::int64_t firstColumn = 0;
        std::int64_t lastColumn = -1;

        std::int64_t rows() const { return lastRow - firstRow + 1; }
        std::int64_t columns() const { return lastColumn - firstColumn + 1; }
    };
    struct Sums
    {
        std::vector<double> rows;    ///< of each row of cells in sight: mean mass of its queries on the keys in sight
        std::vector<double> columns; ///< of each column: mean weight of the queries in sight on its keys
    };

    QLayout* buildPanel();
    void connectDrawing();
    void connectPlot();
    std::optional<ShownMap> keptMap() const;
    const Capture& capture() const { return *selection().capture(); }
    MatrixSide sideOf(const TokenAxis& axis, bool asQueries) const;
    void showMap();
    void showWindow(); ///< wants strips, then draws
    void draw();
    void drawTiles();
    std::vector<MatrixTile> tilesInSight();
    bool addTiles(std::vector<MatrixTile>& tiles, const std::shared_ptr<const MapStrip>& strip);
    QImage imageOf(const std::shared_ptr<const MapStrip>& strip, int firstColumn, int columns);
    QImage coloured(const MapStrip& strip, int firstColumn, int columns) const;
    void showMargins();
    void showMarks();
    void showProgress();
    bool catchesUp() const override { return true; }
    void catchUp(); ///< while hidden: reads what is cheap, for an export
    bool isSightRead(const Sight& seen) const;
    void refreshLook();
    std::shared_ptr<const GroupWeights> sharedWeights(); ///< null: not shared, or not known yet
    bool isReading() const { return m_strips.isReading() || m_groupWeights.isReading(); }
    bool isStopped() const { return m_strips.isStopped() || m_groupWeights.isStopped(); }
    void stopOrGoOn();
    QString progressText() const;
    Sight sight() const;
    Sums sums(const Sight& sight) const;
    std::vector<float> cellsInSight(const Sight& sight) const; ///< [rows, columns]; NaN: not read
    void showStatement();
    QString statementText() const;
    QString cellText() const;
    QString limitsStatement() const;
    QString missingLimitsText() const;
    QString columnSumTitle(double highest) const;
    QString readoutText(std::int64_t query, std::int64_t key);
    void hover(std::int64_t query, std::int64_t key);
    void keep(std::int64_t query, std::int64_t key, bool besideOthers);
    void step(int rows, int columns);
    std::optional<std::pair<std::int64_t, std::int64_t>> pointed() const;

    StripProvider m_strips;
    GroupWeightsProvider m_groupWeights;
    std::shared_ptr<const GroupWeights> m_shared; ///< what the limits in use are of; null: of this map or by hand
    MatrixPlot* m_plot;
    ColorBar* m_colorBar;
    QComboBox* m_pooling;
    QToolButton* m_all;
    QToolButton* m_stop;
    QLabel* m_title;
    QLabel* m_statement;
    QLabel* m_readout;
    QLabel* m_progress;
    QTimer m_slow;  ///< reading that is over at once says nothing
    QTimer m_ticks; ///< while the weights of all heads are read
    std::optional<ShownMap> m_map;
    std::shared_ptr<const Capture> m_mapCapture;
    CellSize m_cell;
    Look m_look;
    struct TileImage
    {
        QImage image;
        std::int64_t lastDrawing = 0; ///< that it was in sight of
    };
    std::map<std::pair<std::shared_ptr<const MapStrip>, int>, TileImage> m_images; ///< by strip and first column
    std::int64_t m_drawing = 0;
    QElapsedTimer m_colouring; ///< of this drawing
    int m_colouredNow = 0;     ///< tiles, in this drawing
    QTimer m_colourSoon;       ///< for tiles that this drawing had no time for
    QTimer m_drawSoon;         ///< for strips that arrived since
    Hover m_lastHover;
    QString m_failure; ///< why reading ended
};

} // namespace heedmap
