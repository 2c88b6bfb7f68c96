#include "widgets/image/layer_flow_painter.h"

#include "core/render/token_colors.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kGap = 14;
constexpr double kNarrowestBlock = 118;
constexpr double kWidestBlock = 420;
constexpr double kHighestLayer = 34;
constexpr double kSwatch = 10;
constexpr double kNarrowestFigure = 720;
constexpr double kHighestFigure = 320;

double labelWidth(const LayerFlowScene::Group& group, const QFontMetricsF& metrics)
{
    double width = metrics.horizontalAdvance(QStringLiteral("L00"));
    for (const LayerFlowScene::Layer& layer : group.layers)
        width = std::max(width, metrics.horizontalAdvance(layer.label));
    return width + 5;
}

QColor tokenColor(std::size_t index)
{
    const Rgb rgb = kTokenColors[index % kTokenColors.size()];
    return {rgb.r, rgb.g, rgb.b};
}

QColor modalityColor(const QString& id)
{
    const char* const order[] = {"text", "frames", "other", "picture"};
    const std::size_t colors[] = {0, 2, 3, 5}; // orange, green, purple, blue
    for (std::size_t i = 0; i < std::size(order); ++i)
        if (id == QLatin1String(order[i]))
            return tokenColor(colors[i]);
    return tokenColor(7); // special: grey
}

/// How much of a bar's width a value takes.
double shareOfBar(const LayerFlowScene::Group& group, double mass)
{
    return std::isfinite(mass) && mass > 0 && group.full > 0 ? mass / group.full : 0;
}

bool isFullOne(const LayerFlowScene::Group& group)
{
    return std::abs(group.full - 1) < 1e-6;
}

void paintBar(QPainter& painter, const LayerFlowScene::Group& group, const LayerFlowScene::Layer& layer,
              const QRectF& bar, const LayerFlowInk& ink)
{
    painter.fillRect(bar, ink.track);
    const QFontMetricsF metrics(painter.font());
    double x = bar.left();
    for (std::size_t part = 0; part < layer.masses.size(); ++part) {
        const double width = shareOfBar(group, layer.masses[part]) * bar.width();
        const QRectF piece(x, bar.top(), std::min(width, bar.right() - x), bar.height());
        painter.fillRect(piece, group.parts[part].color);
        const QString number = isFullOne(group) ? QString::number(layer.masses[part], 'f', 2)
                                                : QString::number(layer.masses[part], 'g', 2);
        if (bar.height() >= metrics.height() && piece.width() > metrics.horizontalAdvance(number) + 6) {
            painter.setPen(group.parts[part].color.lightnessF() > 0.45 ? QColor(0x14, 0x16, 0x1a) : QColor(Qt::white));
            painter.drawText(piece, Qt::AlignCenter, number);
        }
        x += piece.width();
    }
}

bool hasScales(const LayerFlowScene& scene)
{
    return std::ranges::any_of(scene.groups, [](const LayerFlowScene::Group& group) {
        return !group.layers.empty() && group.note.isEmpty() && !isFullOne(group);
    });
}

/// What the ends of the bars' track stand for, where it is not 0 and 1.
void paintAxis(QPainter& painter, const LayerFlowScene::Group& group, const LayerFlowLayout::Block& block,
               const LayerFlowInk& ink)
{
    if (isFullOne(group) || group.layers.empty())
        return;
    const QRectF line(block.bars.left(), block.bars.bottom(), block.bars.width(),
                      QFontMetricsF(painter.font()).height());
    painter.setPen(ink.fainter);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("0"));
    if (group.full > 0)
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, QString::number(group.full, 'g', 2));
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
    paintAxis(painter, group, block, ink);
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

/// Layers as high as they may be, until there are too many; then they share what there is.
double figureHeight(const LayerFlowScene& scene)
{
    std::size_t most = 1;
    for (const LayerFlowScene::Group& group : scene.groups)
        most = std::max(most, group.layers.size());
    const double line = QFontMetricsF(FigureStyle::defaultFont()).height() + 4;
    return std::min(kHighestFigure, static_cast<double>(most) * kHighestLayer + 3 * line + 6);
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

bool LayerFlowScene::hasBars() const
{
    return std::ranges::any_of(groups, [](const Group& group) {
        return std::ranges::any_of(group.layers, [](const Layer& layer) { return !layer.masses.empty(); });
    });
}

void colorParts(LayerFlowScene& scene, bool bySegment)
{
    std::vector<QString> seen;
    for (LayerFlowScene::Group& group : scene.groups)
        for (LayerFlowScene::Part& part : group.parts) {
            if (!bySegment) {
                part.color = modalityColor(part.id);
                continue;
            }
            auto found = std::ranges::find(seen, part.id);
            if (found == seen.end())
                found = seen.insert(seen.end(), part.id);
            part.color = tokenColor(static_cast<std::size_t>(found - seen.begin()));
        }
}

QString flowText(double value)
{
    return std::abs(value) >= 0.001 || value == 0 ? QString::number(value, 'f', 4) : QString::number(value, 'g', 3);
}

QString flowPlaceText(const LayerFlowScene& scene, const LayerFlowPlace& place)
{
    const LayerFlowScene::Group& group = scene.groups[place.group];
    const LayerFlowScene::Layer& layer = group.layers[place.layer];
    QStringList masses;
    for (std::size_t part = 0; part < layer.masses.size(); ++part)
        masses << QStringLiteral("%1 %2").arg(group.parts[part].title, flowText(layer.masses[part]));
    return QStringLiteral("%1 · %2: %3")
        .arg(group.title, layer.label, masses.isEmpty() ? QStringLiteral("–") : masses.join(QStringLiteral(", ")));
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
    const double height = area.height() - (hasScales(scene) ? 3 : 2) * line - 6;
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
            end += shareOfBar(group, group.layers[layer].masses[part]) * block.bars.width();
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

Figure figureOfLayerFlow(LayerFlowScene scene)
{
    for (LayerFlowScene::Group& group : scene.groups)
        for (LayerFlowScene::Layer& layer : group.layers)
            layer.current = false;
    Figure figure;
    figure.size = QSizeF(std::max(kNarrowestFigure, narrowestLayerFlow(scene)), figureHeight(scene));
    figure.paint = [scene = std::move(scene), size = figure.size](QPainter& painter, const FigureStyle& style) {
        const LayerFlowLayout layout = layoutLayerFlow(scene, QRectF(QPointF(), size), QFontMetricsF(painter.font()));
        paintLayerFlow(painter, scene, layout, {style.ink, style.fainter, style.accent, QColor(0xe4, 0xe6, 0xea)}, {});
    };
    return figure;
}

} // namespace heedmap
