#include "widgets/image/statistic_map_painter.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kBarWidth = 10;
constexpr double kGap = 8;
constexpr double kLargestCell = 64;
constexpr double kFaint = 0.18;

QColor colorOf(const StatisticMapScene& scene, double value, std::pair<double, double> limits)
{
    const double span = limits.second - limits.first;
    const Rgb rgb = scene.colors->at(span > 0 ? (value - limits.first) / span : 0.5);
    return {rgb.r, rgb.g, rgb.b};
}

double labelWidth(const StatisticMapScene& scene, const QFontMetricsF& metrics)
{
    double width = 0;
    for (const StatisticMapScene::Layer& layer : scene.layers)
        width = std::max(width, metrics.horizontalAdvance(layer.label));
    return width + 5;
}

/// Every how manieth label fits.
std::size_t labelStep(double available, double needed)
{
    std::size_t step = 1;
    while (static_cast<double>(step) * available < needed)
        step *= 2;
    return step;
}

void paintLabels(QPainter& painter, const StatisticMapScene& scene, const StatisticMapLayout& layout)
{
    const QFontMetricsF metrics(painter.font());
    const std::size_t rows = labelStep(layout.cellHeight, metrics.height() - 2);
    for (std::size_t layer = 0; layer < scene.layers.size(); layer += rows) {
        const QRectF cell = layout.cellRect(layer, 0);
        painter.drawText(QRectF(cell.left() - 105, cell.center().y() - 10, 100, 20), Qt::AlignRight | Qt::AlignVCenter,
                         scene.layers[layer].label);
    }
    const QString widest = QStringLiteral("H%1 ").arg(scene.headCount());
    const std::size_t columns = labelStep(layout.cellWidth, metrics.horizontalAdvance(widest));
    for (std::size_t head = 0; head < scene.headCount(); head += columns) {
        const QRectF cell = layout.cellRect(0, head);
        painter.drawText(
            QRectF(cell.center().x() - 30, layout.cells.top() - metrics.height() - 1, 60, metrics.height()),
            Qt::AlignCenter, QStringLiteral("H%1").arg(head));
    }
}

void paintBar(QPainter& painter, const StatisticMapScene& scene, const QRectF& bar, std::pair<double, double> limits)
{
    const QFontMetricsF metrics(painter.font());
    const int steps = std::max(2, static_cast<int>(bar.height()));
    for (int step = 0; step < steps; ++step) {
        const double t = 1 - (step + 0.5) / steps;
        painter.fillRect(
            QRectF(bar.left(), bar.top() + step * bar.height() / steps, bar.width(), bar.height() / steps + 0.5),
            colorOf(scene, limits.first + t * (limits.second - limits.first), limits));
    }
    const int ticks = bar.height() > 5 * metrics.height() ? 2 : 1;
    for (int tick = 0; tick <= ticks; ++tick) {
        const double value = limits.first + (limits.second - limits.first) * tick / ticks;
        const double y = bar.bottom() - bar.height() * tick / ticks;
        const double top = std::clamp(y - metrics.height() / 2, bar.top() - 2, bar.bottom() - metrics.height() + 2);
        painter.drawText(QRectF(bar.right() + 4, top, 80, metrics.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         statisticText(value));
    }
}

} // namespace

std::size_t StatisticMapScene::headCount() const
{
    std::size_t most = 0;
    for (const Layer& layer : layers)
        most = std::max(most, layer.cells.size());
    return most;
}

std::optional<std::pair<double, double>> StatisticMapScene::limits() const
{
    std::optional<std::pair<double, double>> limits;
    for (const Layer& layer : layers)
        for (const Cell& cell : layer.cells)
            if (!std::isnan(cell.value))
                limits = limits ? std::pair(std::min(limits->first, cell.value), std::max(limits->second, cell.value))
                                : std::pair(cell.value, cell.value);
    return limits;
}

QRectF StatisticMapLayout::cellRect(std::size_t layer, std::size_t head) const
{
    return {cells.left() + static_cast<double>(head) * cellWidth, cells.top() + static_cast<double>(layer) * cellHeight,
            cellWidth, cellHeight};
}

StatisticMapLayout layoutStatisticMap(const StatisticMapScene& scene, const QRectF& area, const QFontMetricsF& metrics)
{
    const double left = labelWidth(scene, metrics);
    const double right = kGap + kBarWidth + 4 + metrics.horizontalAdvance(QStringLiteral("0.00000")) + 2;
    const double top = metrics.height() + 2;
    const auto rows = static_cast<double>(std::max<std::size_t>(1, scene.layers.size()));
    const auto columns = static_cast<double>(std::max<std::size_t>(1, scene.headCount()));
    StatisticMapLayout layout;
    layout.cellWidth = std::clamp((area.width() - left - right) / columns, 1.0, kLargestCell);
    layout.cellHeight = std::clamp((area.height() - top - 2) / rows, 1.0, kLargestCell);
    layout.cells = QRectF(area.left() + left, area.top() + top, layout.cellWidth * columns, layout.cellHeight * rows);
    layout.bar = QRectF(layout.cells.right() + kGap, layout.cells.top(), kBarWidth, layout.cells.height());
    return layout;
}

void paintStatisticMap(QPainter& painter, const StatisticMapScene& scene, const StatisticMapLayout& layout,
                       const StatisticMapInk& ink)
{
    const auto limits = scene.limits();
    const double gap = layout.cellWidth > 12 && layout.cellHeight > 8 ? 1 : 0;
    for (std::size_t layer = 0; layer < scene.layers.size(); ++layer)
        for (std::size_t head = 0; head < scene.layers[layer].cells.size(); ++head) {
            const StatisticMapScene::Cell& cell = scene.layers[layer].cells[head];
            const QRectF rect = layout.cellRect(layer, head).adjusted(0, 0, -gap, -gap);
            const bool says = limits && !std::isnan(cell.value);
            QColor color = says ? colorOf(scene, cell.value, *limits) : ink.empty;
            if (says && !cell.kept)
                color.setAlphaF(kFaint);
            if (cell.stored)
                painter.fillRect(rect, color);
        }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(ink.accent, 2));
    for (std::size_t layer = 0; layer < scene.layers.size(); ++layer)
        for (std::size_t head = 0; head < scene.layers[layer].cells.size(); ++head)
            if (scene.layers[layer].cells[head].chosen)
                painter.drawRect(layout.cellRect(layer, head).adjusted(0, 0, -gap, -gap));
    painter.setPen(ink.fainter);
    paintLabels(painter, scene, layout);
    if (limits) {
        painter.setPen(ink.ink);
        paintBar(painter, scene, layout.bar, *limits);
    }
}

QString statisticText(double value)
{
    if (std::isnan(value))
        return QStringLiteral("–");
    if (value != 0 && std::abs(value) < 1e-3)
        return QString::number(value, 'e', 1);
    return QString::number(value, 'f', std::abs(value) < 10 ? 3 : std::abs(value) < 1000 ? 1 : 0);
}

} // namespace heedmap
