#pragma once

#include "core/capture/intervention.h"
#include "core/capture/token_axis.h"
#include "core/render/heat.h"
#include "core/render/token_blend.h"

#include <QImage>
#include <QPainter>
#include <QRectF>
#include <QSizeF>
#include <QTransform>

#include <span>
#include <vector>

namespace heedmap {

/// Heat of one patch grid, placed on the picture.
struct HeatLayer
{
    QImage heat; ///< RGBA, n × n pixels per patch
    QTransform pictureFromHeat;
    bool smooth = false; ///< interpolate between pixels of `heat`
};

/// A picture with what lies on it, independent of zoom.
struct StageScene
{
    QImage picture;     ///< upright; may be null
    QSizeF pictureSize; ///< upright pixels, also when the picture is null
    std::vector<HeatLayer> layers;
    QRectF heatArea = {};            ///< the part of the picture that shows heat; null: all of it
    std::vector<QRectF> hidden = {}; ///< patches hidden from the model, in picture pixels: hatched
};

/// Heat layers of a row over `keys`, one for each patch grid of the picture (frame 0 of each). `row` has one weight per
/// key.
std::vector<HeatLayer> heatLayers(const TokenAxis& keys, std::span<const float> row, const HeatStyle& style);
/// The same for several rows over `keys`, blended (renderTokenBlend): one colour for each row.
std::vector<HeatLayer> blendedHeatLayers(const TokenAxis& keys, std::span<const std::vector<float>> rows,
                                         std::span<const Rgb> colors, const HeatStyle& style);

/// Scales and moves a picture into the middle of `target`, keeping its shape.
QTransform fittingTransform(const QSizeF& pictureSize, const QRectF& target);

/// Draws into any painter: the window's stage, a PNG, a printer. Heat beyond the picture's edge is cut off.
/// Enlarged pictures show their pixels from 4× on, so that a pixel can be told from its neighbour. Where shapes are
/// written (SVG, PDF), exact patches are rectangles and the picture has at most twice the pixels it is drawn with.
void paintStage(QPainter& painter, const StageScene& scene, const QTransform& deviceFromPicture);
/// The outlines of patches hidden from the model, in picture pixels.
std::vector<QRectF> hiddenPatches(const TokenAxis& axis, const std::vector<Intervention>& interventions);
/// Hatches them; where they were cannot be read any more.
void paintHiddenPatches(QPainter& painter, std::span<const QRectF> patches, const QTransform& deviceFromPicture);
/// The outline of a patch, readable on light and dark.
void paintPatchOutline(QPainter& painter, const QRectF& patch, const QTransform& deviceFromPicture,
                       const QColor& color);

} // namespace heedmap
