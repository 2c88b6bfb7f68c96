#pragma once

#include "core/render/color_map.h"
#include "core/render/histogram.h"

#include <QColor>
#include <QPainter>
#include <QRectF>

namespace heedmap {

/// Bars in the colours their weights have on the map, ticks of the scale's unit below `area`. A bar's height is the
/// square root of its count, so that a few strong weights stay visible beside many weak ones. Uses the painter's font.
void paintHistogram(QPainter& painter, const QRectF& area, const Histogram& histogram, const ValueScale& scale,
                    const ColorMap& colors, const QColor& ink);
/// Height the tick labels need below the bars.
double histogramLabelHeight(const QFontMetricsF& metrics);
/// A thin line with a small flag on top at a position in [0, 1]: the value under the pointer.
void paintHistogramMark(QPainter& painter, const QRectF& area, double position, const QColor& color);

} // namespace heedmap
