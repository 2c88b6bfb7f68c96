#pragma once

#include <QColor>
#include <QPainter>
#include <QRectF>
#include <QString>

#include <cstddef>
#include <optional>
#include <vector>

namespace heedmap {

/// Where attention mass goes in every layer of several groups: a stacked bar a layer.
struct LayerFlowScene
{
    struct Part
    {
        QString id;
        QString title;
        QColor color;
    };
    struct Layer
    {
        QString label;
        std::size_t site = 0;
        std::vector<double> masses; ///< one for each part of the group; empty while it was not read
        bool current = false;       ///< the layer that is looked at
    };
    struct Group
    {
        std::string id;
        QString title;
        QString note; ///< instead of bars: why there are none
        std::vector<Part> parts;
        std::vector<Layer> layers;
    };
    std::vector<Group> groups;

    /// Every part of every group once, in the order they come.
    std::vector<Part> legend() const;
};

struct LayerFlowPlace
{
    std::size_t group = 0;
    std::size_t layer = 0;
    std::optional<std::size_t> part; ///< absent right of the bar's end and on the label
    bool operator==(const LayerFlowPlace&) const = default;
};

struct LayerFlowLayout
{
    struct Block
    {
        QRectF title;
        QRectF bars; ///< all layers, labels not included
        double layerHeight = 0;
    };
    std::vector<Block> blocks; ///< one for each group
    QRectF legend;

    QRectF barRect(std::size_t group, std::size_t layer) const;
};

/// Narrowest area in which every group's bars can be told apart.
double narrowestLayerFlow(const LayerFlowScene& scene);
LayerFlowLayout layoutLayerFlow(const LayerFlowScene& scene, const QRectF& area, const QFontMetricsF& metrics);
/// The bar and part at a point; absent beside the bars.
std::optional<LayerFlowPlace> layerFlowPlaceAt(const LayerFlowScene& scene, const LayerFlowLayout& layout,
                                               QPointF point);

struct LayerFlowInk
{
    QColor ink;
    QColor fainter;
    QColor accent;
    QColor track; ///< behind the bars: mass 1
};

/// With the painter's font.
void paintLayerFlow(QPainter& painter, const LayerFlowScene& scene, const LayerFlowLayout& layout,
                    const LayerFlowInk& ink, const std::optional<LayerFlowPlace>& pointed);

} // namespace heedmap
