// What the layer flow hands out.

#include "widgets/context/map_labels.h"
#include "widgets/controls/layer_flow_canvas.h"
#include "widgets/controls/statistics_strip.h"
#include "widgets/image/map_caption.h"
#include "widgets/views/layer_flow_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace heedmap {

namespace {

constexpr double kNarrowest = 720;
constexpr double kHeight = 320;

bool hasBars(const LayerFlowScene& scene)
{
    return std::ranges::any_of(scene.groups, [](const LayerFlowScene::Group& group) {
        return std::ranges::any_of(group.layers,
                                   [](const LayerFlowScene::Layer& layer) { return !layer.masses.empty(); });
    });
}

} // namespace

QStringList LayerFlowView::captionLines() const
{
    const Capture& capture = *selection().capture();
    QStringList lines;
    lines << tr("%1 · %2").arg(QString::fromStdString(capture.manifest().model.name),
                               QString::fromStdString(capture.manifest().model.architecture));
    lines << m_strip->text();
    if (const QString changed = interventionsCaption(capture); !changed.isEmpty())
        lines << changed;
    return lines;
}

std::optional<Figure> LayerFlowView::figure()
{
    LayerFlowScene scene = m_canvas->scene();
    if (!selection().capture() || !hasBars(scene))
        return std::nullopt;
    for (LayerFlowScene::Group& group : scene.groups)
        for (LayerFlowScene::Layer& layer : group.layers)
            layer.current = false;
    Figure figure;
    figure.title = tr("Attention mass by layer");
    figure.caption = captionLines();
    figure.size = QSizeF(std::max(kNarrowest, narrowestLayerFlow(scene)), kHeight);
    figure.paint = [scene, size = figure.size](QPainter& painter, const FigureStyle& style) {
        const LayerFlowLayout layout = layoutLayerFlow(scene, QRectF(QPointF(), size), QFontMetricsF(painter.font()));
        paintLayerFlow(painter, scene, layout, {style.ink, style.fainter, style.accent, QColor(0xe4, 0xe6, 0xea)}, {});
    };
    return figure;
}

std::optional<NumberTable> LayerFlowView::numbers()
{
    const LayerFlowScene& scene = m_canvas->scene();
    if (!selection().capture() || !hasBars(scene))
        return std::nullopt;
    const Capture& capture = *selection().capture();
    NumberTable table;
    table.notes = {fmt::format("model: {} ({})", capture.manifest().model.name, capture.manifest().model.architecture),
                   fmt::format("capture: {}", capture.path().filename().string())};
    for (const QString& line : captionLines().mid(1)) // the first one names the model
        table.notes.push_back(line.toStdString());
    table.notes.emplace_back("mass: mean over the heads of a layer; a group that has no such part has nan");
    table.valueName = "mass";
    table.doublePrecision = true;
    table.rows.names = {"group", "layer", "site"};
    table.columns.names = {"part"};
    const std::vector<LayerFlowScene::Part> parts = scene.legend();
    for (const LayerFlowScene::Part& part : parts)
        table.columns.labels.push_back({part.id.toStdString()});
    for (const LayerFlowScene::Group& group : scene.groups)
        for (const LayerFlowScene::Layer& layer : group.layers) {
            if (layer.masses.empty())
                continue;
            const AttentionSite& site = capture.site(layer.site);
            table.rows.labels.push_back({group.id, std::to_string(site.layer), site.key()});
            for (const LayerFlowScene::Part& part : parts) {
                const auto found = std::ranges::find(group.parts, part.id, &LayerFlowScene::Part::id);
                table.values.push_back(found == group.parts.end()
                                           ? std::numeric_limits<double>::quiet_NaN()
                                           : layer.masses[static_cast<std::size_t>(found - group.parts.begin())]);
            }
        }
    return table;
}

} // namespace heedmap
