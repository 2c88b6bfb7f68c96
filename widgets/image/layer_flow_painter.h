#pragma once

#include "widgets/image/figure.h"

#include <QColor>
#include <QPainter>
#include <QRectF>
#include <QString>

#include <cstddef>
#include <optional>
#include <vector>

namespace heedmap {

/// What goes where in every layer of several groups (attention mass, rollout, relevance): a stacked bar a layer.
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
        std::optional<std::size_t> site; ///< the module a click shows
        std::vector<double> masses;      ///< one for each part of the group; empty while it was not read
        bool current = false;            ///< the layer that is looked at
    };
    struct Group
    {
        std::string id; ///< of the site group or composition a click shows; empty: none
        QString title;
        QString note;    ///< instead of bars: why there are none
        double full = 1; ///< what a bar of the whole width stands for
        std::vector<Part> parts;
        std::vector<Layer> layers;
    };
    std::vector<Group> groups;

    /// Every part of every group once, in the order they come.
    std::vector<Part> legend() const;
    bool hasBars() const;
};

/// One colour for what positions are (AxisPart::id of modalitiesOf), whatever group they stand in; for segments one for
/// each name of the scene.
void colorParts(LayerFlowScene& scene, bool bySegment);
/// 0.1834, with an exponent where it is small.
QString flowText(double value);

struct LayerFlowPlace
{
    std::size_t group = 0;
    std::size_t layer = 0;
    std::optional<std::size_t> part; ///< absent right of the bar's end and on the label
    bool operator==(const LayerFlowPlace&) const = default;
};

/// "question → picture · L1: picture 0.7440, special tokens 0.2560".
QString flowPlaceText(const LayerFlowScene& scene, const LayerFlowPlace& place);

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

/// The bars on paper, no layer marked as current. Title and caption are left to the caller.
Figure figureOfLayerFlow(LayerFlowScene scene);
/// With the painter's font.
void paintLayerFlow(QPainter& painter, const LayerFlowScene& scene, const LayerFlowLayout& layout,
                    const LayerFlowInk& ink, const std::optional<LayerFlowPlace>& pointed);

} // namespace heedmap
