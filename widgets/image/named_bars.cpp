#include "widgets/image/named_bars.h"

#include "widgets/context/map_labels.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace heedmap {

std::vector<std::size_t> largestPositions(std::span<const float> values, std::size_t most)
{
    std::vector<std::size_t> positions(values.size());
    std::iota(positions.begin(), positions.end(), std::size_t{0});
    if (positions.size() <= most)
        return positions;
    const auto size = [values](std::size_t position) {
        return std::isnan(values[position]) ? -INFINITY : values[position];
    };
    std::ranges::stable_sort(positions, std::greater(), size);
    positions.resize(most);
    std::ranges::sort(positions);
    return positions;
}

std::vector<NamedBar> namedBars(const TokenAxis& axis, std::span<const float> values,
                                std::span<const std::size_t> positions, const ValueScale& scale, const ColorMap& colors)
{
    std::vector<NamedBar> bars;
    for (const std::size_t position : positions) {
        const double length = scale.position(values[position]);
        const Rgb color = colors.at(length);
        bars.push_back({position, positionLabel(axis, static_cast<std::int64_t>(position)), length,
                        QColor(color.r, color.g, color.b), QString::fromStdString(scale.format(values[position]))});
    }
    return bars;
}

void paintNamedBars(QPainter& painter, std::span<const NamedBar> bars, double line, const BarColumns& columns,
                    const QColor& ink)
{
    const QFontMetricsF metrics(painter.font());
    double y = 0;
    painter.setPen(ink);
    for (const NamedBar& bar : bars) {
        painter.drawText(QRectF(0, y, columns.name - 8, line), Qt::AlignRight | Qt::AlignVCenter,
                         metrics.elidedText(bar.name, Qt::ElideRight, columns.name - 8));
        painter.fillRect(QRectF(columns.name, y + 3, bar.length * columns.bar, line - 6), bar.color);
        painter.drawText(QPointF(columns.name + columns.bar + 8, y + line / 2 + metrics.capHeight() / 2), bar.value);
        y += line;
    }
}

} // namespace heedmap
