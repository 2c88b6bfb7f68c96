#pragma once

#include "core/capture/map_choice.h"
#include "core/render/color_map.h"

#include <QColor>
#include <QPainter>
#include <QRectF>
#include <QString>

#include <optional>
#include <vector>

namespace heedmap {

/// One number for every head: layers down, heads across.
struct StatisticMapScene
{
    struct Cell
    {
        SiteHead head;
        double value = 0;    ///< NaN: says nothing, or not read yet
        bool kept = true;    ///< false: a filter leaves it out; drawn faint
        bool chosen = false; ///< framed
        bool stored = true;  ///< false: the capture lacks the head; left blank
    };
    struct Layer
    {
        QString label;
        std::vector<Cell> cells; ///< by head; layers may have different numbers of heads
    };
    std::vector<Layer> layers;
    QString title;
    QString unit;
    const ColorMap* colors = nullptr;

    std::size_t headCount() const; ///< of the layer with the most
    /// Smallest and largest number; absent when there is none. These are the limits of the colours.
    std::optional<std::pair<double, double>> limits() const;
};

/// Where everything stands inside an area.
struct StatisticMapLayout
{
    QRectF cells; ///< the grid
    QRectF bar;   ///< of colours, at the right of the grid
    double cellWidth = 0;
    double cellHeight = 0;

    QRectF cellRect(std::size_t layer, std::size_t head) const;
};

struct StatisticMapInk
{
    QColor ink;
    QColor fainter;
    QColor accent;
    QColor empty; ///< cells without a number
};

StatisticMapLayout layoutStatisticMap(const StatisticMapScene& scene, const QRectF& area, const QFontMetricsF& metrics);
/// With the painter's font.
void paintStatisticMap(QPainter& painter, const StatisticMapScene& scene, const StatisticMapLayout& layout,
                       const StatisticMapInk& ink);
/// Four significant digits, "–" for NaN.
QString statisticText(double value);

} // namespace heedmap
