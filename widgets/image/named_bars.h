#pragma once

#include "core/capture/token_axis.h"
#include "core/render/color_map.h"
#include "core/render/value_scale.h"

#include <QColor>
#include <QPainter>
#include <QRectF>
#include <QString>

#include <span>
#include <vector>

namespace heedmap {

/// One position of an axis with its value, as a bar.
struct NamedBar
{
    std::size_t position = 0;
    QString name;
    double length = 0; ///< [0, 1]
    QColor color;
    QString value;
};

/// How wide the parts of a line of bars are, in pixels.
struct BarColumns
{
    double name = 150;
    double bar = 360;
    double value = 160;
    double width() const { return name + bar + value; }
};

/// Positions of the `most` largest values (values that are no numbers last), in the order of their positions.
std::vector<std::size_t> largestPositions(std::span<const float> values, std::size_t most);
/// Bars of these positions of an axis: as long and in the colour that `scale` gives their values.
std::vector<NamedBar> namedBars(const TokenAxis& axis, std::span<const float> values,
                                std::span<const std::size_t> positions, const ValueScale& scale,
                                const ColorMap& colors);
/// Name, bar and value of each, `line` pixels high, from (0, 0). Uses the painter's font.
void paintNamedBars(QPainter& painter, std::span<const NamedBar> bars, double line, const BarColumns& columns,
                    const QColor& ink);

} // namespace heedmap
