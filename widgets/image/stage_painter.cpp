#include "widgets/image/stage_painter.h"

#include "core/capture/intervention_edit.h"
#include "widgets/context/map_navigation.h"
#include "widgets/image/figure.h"
#include "widgets/image/picture_image.h"

#include <QPen>

#include <algorithm>

namespace heedmap {

namespace {

constexpr double kShowPixelsFrom = 4;

constexpr qint64 kMostRectangles = 20000;

double scaleOf(const QTransform& transform)
{
    return std::sqrt(std::abs(transform.determinant()));
}

/// The weights of a segment's frame 0.
std::span<const float> firstFrame(const AxisSegment& segment, std::span<const float> row)
{
    const std::size_t count =
        static_cast<std::size_t>(segment.grid.rows) * static_cast<std::size_t>(segment.grid.columns);
    return row.subspan(static_cast<std::size_t>(segment.begin), count);
}

HeatLayer layerOnGrid(const PatchGrid& grid, const RgbaImage& heat, int samplesPerPatch)
{
    HeatLayer layer;
    layer.heat = imageFromHeat(heat);
    layer.pictureFromHeat =
        QTransform::fromScale(1.0 / samplesPerPatch, 1.0 / samplesPerPatch) * transformFromAffine(grid.pictureFromGrid);
    layer.smooth = samplesPerPatch > 1;
    return layer;
}

/// Every pixel of the heat as a rectangle: no program that opens the file can blur it.
void paintRectangles(QPainter& painter, const HeatLayer& layer, const QRectF& area)
{
    for (int y = 0; y < layer.heat.height(); ++y)
        for (int x = 0; x < layer.heat.width(); ++x) {
            const QColor color = layer.heat.pixelColor(x, y);
            const QRectF patch = layer.pictureFromHeat.mapRect(QRectF(x, y, 1, 1)) & area;
            if (color.alpha() > 0 && !patch.isEmpty())
                painter.fillRect(patch, color);
        }
}

void paintPixels(QPainter& painter, const HeatLayer& layer, const QRectF& area)
{
    painter.save();
    painter.setClipRect(area, Qt::IntersectClip);
    painter.setTransform(layer.pictureFromHeat, true);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, layer.smooth);
    painter.drawImage(QRectF(0, 0, layer.heat.width(), layer.heat.height()), layer.heat);
    painter.restore();
}

/// A camera's picture would make a file of tens of megabytes for a drawing of 720 pixels.
QImage pictureFor(const QPainter& painter, const StageScene& scene, const QTransform& deviceFromPicture)
{
    const QSize most = (scene.pictureSize * scaleOf(deviceFromPicture) * 2).toSize();
    return writesShapes(painter) && scene.picture.width() > most.width() && !most.isEmpty()
               ? scene.picture.scaled(most, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
               : scene.picture;
}

} // namespace

std::vector<HeatLayer> heatLayers(const TokenAxis& keys, std::span<const float> row, const HeatStyle& style)
{
    std::vector<HeatLayer> layers;
    for (const AxisSegment* segment : patchSegments(keys)) {
        const PatchGrid& grid = segment->grid;
        const RgbaImage heat = renderHeat(firstFrame(*segment, row), grid.rows, grid.columns, style);
        layers.push_back(layerOnGrid(grid, heat, style.samplesPerPatch));
    }
    return layers;
}

std::vector<HeatLayer> blendedHeatLayers(const TokenAxis& keys, std::span<const std::vector<float>> rows,
                                         std::span<const Rgb> colors, const HeatStyle& style)
{
    std::vector<HeatLayer> layers;
    for (const AxisSegment* segment : patchSegments(keys)) {
        const PatchGrid& grid = segment->grid;
        std::vector<TokenHeat> tokens;
        for (std::size_t i = 0; i < rows.size(); ++i)
            tokens.push_back({firstFrame(*segment, rows[i]), colors[i]});
        const RgbaImage heat = renderTokenBlend(tokens, grid.rows, grid.columns, style);
        layers.push_back(layerOnGrid(grid, heat, style.samplesPerPatch));
    }
    return layers;
}

QTransform fittingTransform(const QSizeF& pictureSize, const QRectF& target)
{
    if (pictureSize.isEmpty() || target.isEmpty())
        return QTransform::fromTranslate(target.center().x(), target.center().y());
    const double scale = std::min(target.width() / pictureSize.width(), target.height() / pictureSize.height());
    const QSizeF size = pictureSize * scale;
    QTransform transform =
        QTransform::fromTranslate(target.center().x() - size.width() / 2, target.center().y() - size.height() / 2);
    return transform.scale(scale, scale);
}

void paintStage(QPainter& painter, const StageScene& scene, const QTransform& deviceFromPicture)
{
    painter.save();
    painter.setTransform(deviceFromPicture, true);
    const QRectF bounds(QPointF(0, 0), scene.pictureSize);
    if (!scene.picture.isNull()) {
        painter.setRenderHint(QPainter::SmoothPixmapTransform, scaleOf(painter.transform()) < kShowPixelsFrom);
        painter.drawImage(bounds, pictureFor(painter, scene, deviceFromPicture));
    }
    const QRectF area = scene.heatArea.isNull() ? bounds : bounds & scene.heatArea;
    for (const HeatLayer& layer : scene.layers) {
        const bool fewPixels = qint64(layer.heat.width()) * layer.heat.height() <= kMostRectangles;
        if (writesShapes(painter) && !layer.smooth && fewPixels)
            paintRectangles(painter, layer, area);
        else
            paintPixels(painter, layer, area);
    }
    painter.restore();
    paintHiddenPatches(painter, scene.hidden, deviceFromPicture);
}

std::vector<QRectF> hiddenPatches(const TokenAxis& axis, const std::vector<Intervention>& interventions)
{
    std::vector<QRectF> patches;
    for (const std::int64_t position : hiddenKeys(interventions, axis.id))
        if (const auto rect = patchRect(axis, position))
            patches.push_back(rectFromRectF(*rect));
    return patches;
}

void paintHiddenPatches(QPainter& painter, std::span<const QRectF> patches, const QTransform& deviceFromPicture)
{
    constexpr double kSpacing = 8;
    painter.save();
    for (const QRectF& patch : patches) {
        const QRectF place = deviceFromPicture.mapRect(patch);
        painter.fillRect(place, QColor(20, 20, 24, 170));
        painter.setPen(QPen(QColor(255, 255, 255, 190), 1));
        // Lines of equal x + y, so that they meet those of the neighbours; no pattern, which not every format has.
        const double begin = place.left() + place.top();
        for (double sum = std::ceil(begin / kSpacing) * kSpacing; sum < place.right() + place.bottom();
             sum += kSpacing) {
            const double low = std::max(place.left(), sum - place.bottom());
            const double high = std::min(place.right(), sum - place.top());
            painter.drawLine(QPointF(low, sum - low), QPointF(high, sum - high));
        }
    }
    painter.restore();
}

void paintPatchOutline(QPainter& painter, const QRectF& patch, const QTransform& deviceFromPicture, const QColor& color)
{
    painter.save();
    const QRectF outline = deviceFromPicture.mapRect(patch);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0, 0, 0, 110), 3.5));
    painter.drawRect(outline);
    painter.setPen(QPen(color, 2));
    painter.drawRect(outline);
    painter.restore();
}

} // namespace heedmap
