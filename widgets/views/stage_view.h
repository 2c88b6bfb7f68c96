#pragma once

#include "core/render/heat.h"
#include "widgets/image/kept_rows.h"
#include "widgets/views/view.h"

#include <QAction>
#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSlider>

#include <optional>
#include <vector>

namespace heedmap {

struct ChainReading;
class ColorBar;
class MassBar;
class RangeControl;
class StageCanvas;
class SwipeDivider;
class TokenLegend;

/// The picture with the shown row as heat on it, its colour bar, and the mass beside it. Several kept tokens are
/// blended, each in its own colour, while none is hovered. Where neither side of a map lies on a picture, the whole
/// matrix is drawn instead: queries down, keys across.
class StageView : public View
{
    Q_OBJECT

public:
    explicit StageView(ViewContext& context, QWidget* parent = nullptr);

    StageCanvas& canvas() { return *m_canvas; }
    RangeControl& range() { return *m_range; }
    SwipeDivider& divider() { return *m_divider; }
    QAction& gridAction() { return *m_grid; }   ///< patch grid on the plain picture (G)
    QAction& swipeAction() { return *m_swipe; } ///< divider between picture and map (S)
    QString chainText() const { return m_chain->text(); }
    const MassBar& massBar() const { return *m_massBar; }
    const ColorBar& colorBar() const { return *m_colorBar; }
    const TokenLegend& tokenLegend() const { return *m_tokens; }

    bool isWanted() const override;          ///< not for sound alone
    std::optional<Figure> figure() override; ///< the whole picture, also while a part of it is enlarged
    std::optional<NumberTable> numbers() override;

protected:
    void captureChanged() override;
    void selectionChanged() override;
    void pictureChanged() override;

private:
    QWidget* buildLegend();
    QLayout* buildControls();
    void connectCanvas();
    void connectControls();
    void buildSwitches(QHBoxLayout& row);
    void applySwitches(const std::optional<ShownMap>& shown);
    const TokenAxis* patchAxisOf(const std::optional<ShownMap>& shown) const;

    void showPicture();
    const ChainReading* composedReading() const;
    void showComposed(const ChainReading& reading);
    QString composedText() const;
    void showRow(const ShownMap& shown);
    void showBlend(const ShownMap& shown);
    void showLegend(bool ofTokens);
    bool readKept();
    void showMatrix(const ShownMap& shown);
    void showMarks(const std::optional<ShownMap>& shown);
    /// Mass a renormalised row leaves out; absent when rows are shown as recorded.
    std::optional<double> leftOut(const TokenAxis& keys, const std::vector<float>& recorded) const;
    HeatStyle heatStyle(const ValueScale& scale) const;
    QSizeF pictureSize() const;
    /// Whether neither side of a map lies on a picture.
    bool isMatrix(const MapChoice& map) const;
    /// The names of an axis' positions, none for axes too long to be labelled.
    static QStringList axisLabels(const TokenAxis& axis);
    Figure gridFigure(const TokenAxis& axis) const;
    std::vector<QRectF> marksOf(const ShownMap& shown) const;
    static constexpr std::int64_t kMostMatrixWeights = 1 << 20; ///< of a map drawn whole

    /// What a place on the canvas asks for: a patch as key, as query, or a cell of the matrix.
    Hover hoverAt(QPointF picturePosition);
    void keep(const Hover& place, bool besideOthers);
    void step(int columns, int rows);
    std::optional<QPointF> keyboardPlace();

    /// What m_kept was read for.
    struct KeptKey
    {
        std::shared_ptr<const Capture> capture;
        MapChoice map;
        std::vector<std::int64_t> queries;
        bool predictingRow = true;
        bool withoutSpecial = false;
        bool operator==(const KeptKey&) const = default;
    };

    StageCanvas* m_canvas;
    ColorBar* m_colorBar;
    MassBar* m_massBar;
    TokenLegend* m_tokens;
    QSlider* m_opacity;
    QCheckBox* m_interpolate;
    RangeControl* m_range;
    SwipeDivider* m_divider;
    QAction* m_grid;
    QAction* m_swipe;
    QLabel* m_chain;
    QWidget* m_legend = nullptr;
    std::vector<float> m_row; ///< of the shown map; empty when no token is asked
    KeptRows m_kept;
    std::optional<KeptKey> m_keptKey;
};

} // namespace heedmap
