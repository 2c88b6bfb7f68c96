#pragma once

#include "core/capture/capture.h"

#include <QColor>
#include <QPainter>
#include <QRectF>
#include <QTransform>

namespace heedmap {

/// The part of the picture its patches cover, in picture pixels; null without patches.
QRectF seenRegion(const TokenAxis& axis);
/// Patch grid lines over the picture, what no patch covers dimmed, and row and column numbers at the grid's edges
/// (thinned where they would touch). Uses the painter's font. `picture`: the picture's outline in its own pixels.
void paintPatchGrid(QPainter& painter, const TokenAxis& axis, const QRectF& picture,
                    const QTransform& deviceFromPicture);
/// "960 × 720 → 18 × 18 patches; one patch = 53.3 × 40 picture pixels", and whether the picture was squashed or a part
/// of it left out: what the model saw of a picture.
QString patchChain(const TokenAxis& axis, const QSizeF& picture);
/// "row 3, column 7 · x 373.33 to 426.67, y 120 to 160"; empty for positions that are no patch.
QString patchPlace(const TokenAxis& axis, std::int64_t position);

} // namespace heedmap
