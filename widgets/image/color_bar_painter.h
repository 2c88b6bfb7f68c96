#pragma once

#include "core/render/color_map.h"
#include "core/render/value_scale.h"

#include <QColor>
#include <QPainter>
#include <QRectF>

#include <optional>

namespace heedmap {

/// A vertical colour bar: the strongest colour on top, ticks in the scale's unit at the right of `bar`.
void paintColorBar(QPainter& painter, const QRectF& bar, const ColorMap& colors, const ValueScale& scale,
                   const QColor& ink);
/// Width the tick labels need at the right of the bar, gap included.
double colorBarLabelWidth(const QFontMetricsF& metrics, const ValueScale& scale);
/// A small pointer at the height of a probability.
void paintColorBarPointer(QPainter& painter, const QRectF& bar, const ValueScale& scale, double probability,
                          const QColor& ink);

} // namespace heedmap
