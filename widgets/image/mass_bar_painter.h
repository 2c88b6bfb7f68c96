#pragma once

#include <QColor>
#include <QPainter>
#include <QRectF>

namespace heedmap {

/// Mass on keys that are no patch (CLS, registers, padding) as a filled bar with its number below: beside the picture,
/// never smeared over it. `area` includes the number's line. Uses the painter's font.
void paintMassBar(QPainter& painter, const QRectF& area, double mass, const QColor& ink);

} // namespace heedmap
