#pragma once

#include "core/render/heat.h"
#include "widgets/views/view.h"

#include <QCheckBox>
#include <QSlider>

#include <optional>
#include <vector>

namespace heedmap {

class ColorBar;
class MassBar;
class RangeControl;
class StageCanvas;

/// The picture with the shown row as heat on it, its colour bar, and the mass beside it. Where neither side of a map
/// lies on a picture, the whole matrix is drawn instead: queries down, keys across.
class StageView : public View
{
    Q_OBJECT

public:
    explicit StageView(ViewContext& context, QWidget* parent = nullptr);

    StageCanvas& canvas() { return *m_canvas; }
    RangeControl& range() { return *m_range; }
    const MassBar& massBar() const { return *m_massBar; }
    const ColorBar& colorBar() const { return *m_colorBar; }

protected:
    void captureChanged() override;
    void selectionChanged() override;
    void pictureChanged() override;

private:
    QWidget* buildLegend();
    QLayout* buildControls();
    void connectCanvas();
    void connectControls();

    void showPicture();
    void showRow(const ShownMap& shown);
    void showMatrix(const ShownMap& shown);
    void showMarks(const std::optional<ShownMap>& shown);
    /// Mass a renormalised row leaves out; absent when rows are shown as recorded.
    std::optional<double> leftOut(const TokenAxis& keys, const std::vector<float>& recorded) const;
    HeatStyle heatStyle(const ValueScale& scale) const;
    QSizeF pictureSize() const;
    /// Whether neither side of a map lies on a picture.
    bool isMatrix(const MapChoice& map) const;

    /// What a place on the canvas asks for: a patch as key, as query, or a cell of the matrix.
    Hover hoverAt(QPointF picturePosition);
    void keep(const Hover& place, bool besideOthers);
    void step(int columns, int rows);
    std::optional<QPointF> keyboardPlace();

    StageCanvas* m_canvas;
    ColorBar* m_colorBar;
    MassBar* m_massBar;
    QSlider* m_opacity;
    QCheckBox* m_interpolate;
    RangeControl* m_range;
    QWidget* m_legend = nullptr;
    std::vector<float> m_row; ///< of the shown map; empty when no token is asked
};

} // namespace heedmap
