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
    if (!selection().capture() || !m_canvas->scene().hasBars())
        return std::nullopt;
    Figure figure = figureOfLayerFlow(m_canvas->scene());
    figure.title = isOfMass()               ? tr("Attention mass by layer")
                   : m_rollout->isChecked() ? tr("Attention rollout by layer")
                                            : tr("Relevance by layer");
    figure.caption = captionLines();
    return figure;
}

std::optional<NumberTable> LayerFlowView::numbers()
{
    const LayerFlowScene& scene = m_canvas->scene();
    if (!selection().capture() || !scene.hasBars())
        return std::nullopt;
    const Capture& capture = *selection().capture();
    NumberTable table;
    table.notes = {fmt::format("model: {} ({})", capture.manifest().model.name, capture.manifest().model.architecture),
                   fmt::format("capture: {}", capture.path().filename().string())};
    for (const QString& line : captionLines().mid(1)) // the first one names the model
        table.notes.push_back(line.toStdString());
    table.notes.emplace_back(isOfMass() ? "mass: mean over the heads of a layer; a group that has no such part has nan"
                                        : "a stream that has no such part has nan");
    table.valueName = quantity().toStdString();
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
            table.rows.labels.push_back({isOfMass() ? group.id : group.title.toStdString(),
                                         layer.label.mid(1).toStdString(),
                                         layer.site ? capture.site(*layer.site).key() : std::string()});
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
