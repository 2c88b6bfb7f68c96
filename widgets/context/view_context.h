#pragma once

#include "core/render/color_map.h"
#include "core/render/value_scale.h"
#include "widgets/context/row_provider.h"
#include "widgets/context/selection_model.h"

#include <QObject>
#include <QString>

namespace heedmap {

enum class LimitsMode
{
    Shared, ///< over all heads of the group for the current token
    PerMap
};

/// How maps are drawn; not part of the document.
struct DisplayOptions
{
    QString colorMap = "viridis";
    bool timesUniform = true;
    ValueCurve curve = ValueCurve::Logarithmic;
    LimitsMode limits = LimitsMode::Shared;
    double opacity = 0.8; ///< of the strongest value
    bool interpolated = false;
    bool predictingRow =
        true; ///< generated tokens show the row that predicted them, otherwise the row they were input of
    bool operator==(const DisplayOptions&) const = default;
};

/// What a view is given: the selection, the display options and the reader of rows. Lives in the GUI thread.
class ViewContext : public QObject
{
    Q_OBJECT

public:
    explicit ViewContext(QObject* parent = nullptr);

    SelectionModel& selection() { return m_selection; }
    RowProvider& rows() { return m_rows; }
    const DisplayOptions& options() const { return m_options; }
    /// When `predictingRow` changes, kept generated tokens stay kept, by their other row.
    void setOptions(const DisplayOptions& options);

    const ColorMap& colorMap() const;
    /// The scale of a row of the shown map: shared limits where all heads are known, else the row's own. An empty row
    /// gives the unit alone, limits without meaning.
    ValueScale scaleFor(std::span<const float> row, const TokenAxis& keys);
    /// Whether scaleFor takes its limits from all heads.
    bool hasSharedLimits();
    /// Patch colours of a kept or hovered place; the same in light and dark.
    static QColor markColor();

signals:
    void optionsChanged();

private:
    SelectionModel m_selection;
    RowProvider m_rows;
    DisplayOptions m_options;
};

} // namespace heedmap
