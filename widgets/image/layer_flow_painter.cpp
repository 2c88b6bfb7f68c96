#include "widgets/image/layer_flow_painter.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kGap = 14;
constexpr double kNarrowestBlock = 118;
constexpr double kWidestBlock = 420;
constexpr double kHighestLayer = 34;
constexpr double kSwatch = 10;

double labelWidth(const LayerFlowScene::Group& group, const QFontMetricsF& metrics)
{
    double width = metrics.horizontalAdvance(QStringLiteral("L00"));
    for (const LayerFlowScene::Layer& layer : group.layers)
        width = std::max(width, metrics.horizontalAdvance(layer.label));
    return width + 5;
}

void paintBar(QPainter& painter, const LayerFlowScene::Group& group, const LayerFlowScene::Layer& layer,
              const QRectF& bar, const LayerFlowInk& ink)
{
    painter.fillRect(bar, ink.track);
    const QFontMetricsF metrics(painter.font());
    double x = bar.left();
    for (std::size_t part = 0; part < layer.masses.size(); ++part) {
        const double mass = std::isnan(layer.masses[part]) ? 0 : layer.masses[part];
        const QRectF piece(x, bar.top(), std::min(mass * bar.width(), bar.right() - x), bar.height());
        painter.fillRect(piece, group.parts[part].color);
        const QString number = QString::number(mass, 'f', 2);
        if (bar.height() >= metrics.height() && piece.width() > metrics.horizontalAdvance(number) + 6) {
            painter.setPen(group.parts[part].color.lightnessF() > 0.45 ? QColor(0x14, 0x16, 0x1a) : QColor(Qt::white));
            painter.drawText(piece, Qt::AlignCenter, number);
        }
        x += piece.width();
    }
}

void paintGroup(QPainter& painter, const LayerFlowScene& scene, std::size_t index, const LayerFlowLayout& layout,
                const LayerFlowInk& ink)
{
    const LayerFlowScene::Group& group = scene.groups[index];
    const LayerFlowLayout::Block& block = layout.blocks[index];
    const QFontMetricsF metrics(painter.font());
    const bool isCurrent = std::ranges::any_of(group.layers, &LayerFlowScene::Layer::current);
    painter.setPen(isCurrent ? ink.accent : ink.ink);
    painter.drawText(block.title, Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(group.title, Qt::ElideRight, block.title.width()));
    if (!group.note.isEmpty()) {
        painter.setPen(ink.fainter);
        painter.drawText(block.bars.adjusted(0, 4, 0, 0), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, group.note);
        return;
    }
    std::size_t step = 1;
    while (static_cast<double>(step) * block.layerHeight < metrics.height() - 2)
        step *= 2;
    for (std::size_t layer = 0; layer < group.layers.size(); ++layer) {
        const QRectF bar = layout.barRect(index, layer);
        paintBar(painter, group, group.layers[layer], bar, ink);
        if (layer % step == 0 || group.layers[layer].current) {
            painter.setPen(group.layers[layer].current ? ink.accent : ink.fainter);
            if (layer % step == 0)
                painter.drawText(QRectF(bar.left() - 105, bar.center().y() - 10, 100, 20),
                                 Qt::AlignRight | Qt::AlignVCenter, group.layers[layer].label);
        }
        if (group.layers[layer].current) {
            painter.setPen(QPen(ink.ink, 2)); // the accent is too near the colour of pictures
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(bar.adjusted(-1, -1, 1, 1));
        }
    }
}

void paintLegend(QPainter& painter, const LayerFlowScene& scene, const QRectF& area, const LayerFlowInk& ink)
{
    const QFontMetricsF metrics(painter.font());
    double x = area.left();
    for (const LayerFlowScene::Part& part : scene.legend()) {
        const double width = kSwatch + 5 + metrics.horizontalAdvance(part.title) + 16;
        if (x + width > area.right() + 16)
            break;
        painter.fillRect(QRectF(x, area.center().y() - kSwatch / 2, kSwatch, kSwatch), part.color);
        painter.setPen(ink.ink);
        painter.drawText(QRectF(x + kSwatch + 5, area.top(), width, area.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         part.title);
        x += width;
    }
}

} // namespace

std::vector<LayerFlowScene::Part> LayerFlowScene::legend() const
{
    std::vector<Part> parts;
    for (const Group& group : groups)
        for (const Part& part : group.parts)
            if (group.note.isEmpty() && std::ranges::find(parts, part.id, &Part::id) == parts.end())
                parts.push_back(part);
    return parts;
}

QRectF LayerFlowLayout::barRect(std::size_t group, std::size_t layer) const
{
    const Block& block = blocks[group];
    const double gap = block.layerHeight > 8 ? 3 : block.layerHeight > 4 ? 1 : 0;
    return {block.bars.left(), block.bars.top() + static_cast<double>(layer) * block.layerHeight, block.bars.width(),
            block.layerHeight - gap};
}

double narrowestLayerFlow(const LayerFlowScene& scene)
{
    return static_cast<double>(scene.groups.size()) * (kNarrowestBlock + kGap);
}

LayerFlowLayout layoutLayerFlow(const LayerFlowScene& scene, const QRectF& area, const QFontMetricsF& metrics)
{
    const double line = metrics.height() + 4;
    LayerFlowLayout layout;
    layout.legend = QRectF(area.left(), area.bottom() - line, area.width(), line);
    if (scene.groups.empty())
        return layout;
    const auto count = static_cast<double>(scene.groups.size());
    const double width = std::min(kWidestBlock, (area.width() - kGap * (count - 1)) / count);
    const double height = area.height() - 2 * line - 6;
    double x = area.left();
    for (const LayerFlowScene::Group& group : scene.groups) {
        LayerFlowLayout::Block block;
        const double label = labelWidth(group, metrics);
        const auto layers = static_cast<double>(std::max<std::size_t>(1, group.layers.size()));
        block.title = QRectF(x, area.top(), width, line);
        block.layerHeight = std::clamp(height / layers, 1.0, kHighestLayer);
        const double used = group.note.isEmpty() ? block.layerHeight * layers : height;
        block.bars = QRectF(x + label, area.top() + line + 2, std::max(1.0, width - label), used);
        if (!group.note.isEmpty())
            block.bars.setLeft(x);
        layout.blocks.push_back(block);
        x += width + kGap;
    }
    return layout;
}

std::optional<LayerFlowPlace> layerFlowPlaceAt(const LayerFlowScene& scene, const LayerFlowLayout& layout,
                                               QPointF point)
{
    for (std::size_t index = 0; index < scene.groups.size(); ++index) {
        const LayerFlowScene::Group& group = scene.groups[index];
        const LayerFlowLayout::Block& block = layout.blocks[index];
        const QRectF withLabels = block.bars.adjusted(block.title.left() - block.bars.left(), 0, 0, 0);
        if (!group.note.isEmpty() || group.layers.empty() || !withLabels.contains(point))
            continue;
        const auto layer = std::min(static_cast<std::size_t>((point.y() - block.bars.top()) / block.layerHeight),
                                    group.layers.size() - 1);
        LayerFlowPlace place{index, layer, {}};
        double end = block.bars.left();
        for (std::size_t part = 0; part < group.layers[layer].masses.size() && point.x() >= block.bars.left(); ++part) {
            end += group.layers[layer].masses[part] * block.bars.width();
            if (point.x() < end) {
                place.part = part;
                break;
            }
        }
        return place;
    }
    return std::nullopt;
}

void paintLayerFlow(QPainter& painter, const LayerFlowScene& scene, const LayerFlowLayout& layout,
                    const LayerFlowInk& ink, const std::optional<LayerFlowPlace>& pointed)
{
    for (std::size_t group = 0; group < scene.groups.size(); ++group)
        paintGroup(painter, scene, group, layout, ink);
    if (pointed) {
        painter.setPen(ink.ink);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(layout.barRect(pointed->group, pointed->layer));
    }
    paintLegend(painter, scene, layout.legend, ink);
}

} // namespace heedmap
