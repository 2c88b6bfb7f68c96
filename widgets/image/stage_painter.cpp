#include "widgets/image/stage_painter.h"

#include "widgets/context/map_navigation.h"
#include "widgets/image/picture_image.h"

#include <QPen>

#include <algorithm>

namespace heedmap {

namespace {

constexpr double kShowPixelsFrom = 4;

double scaleOf(const QTransform& transform)
{
    return std::sqrt(std::abs(transform.determinant()));
}

} // namespace

std::vector<HeatLayer> heatLayers(const TokenAxis& keys, std::span<const float> row, const HeatStyle& style)
{
    std::vector<HeatLayer> layers;
    for (const AxisSegment* segment : patchSegments(keys)) {
        const PatchGrid& grid = segment->grid;
        const std::size_t count = static_cast<std::size_t>(grid.rows) * static_cast<std::size_t>(grid.columns);
        const auto values = row.subspan(static_cast<std::size_t>(segment->begin), count);
        HeatLayer layer;
        layer.heat = imageFromHeat(renderHeat(values, grid.rows, grid.columns, style));
        layer.pictureFromHeat = QTransform::fromScale(1.0 / style.samplesPerPatch, 1.0 / style.samplesPerPatch) *
                                transformFromAffine(grid.pictureFromGrid);
        layer.smooth = style.samplesPerPatch > 1;
        layers.push_back(std::move(layer));
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
        painter.drawImage(bounds, scene.picture);
    }
    painter.setClipRect(bounds, Qt::IntersectClip);
    for (const HeatLayer& layer : scene.layers) {
        painter.save();
        painter.setTransform(layer.pictureFromHeat, true);
        painter.setRenderHint(QPainter::SmoothPixmapTransform, layer.smooth);
        painter.drawImage(QRectF(0, 0, layer.heat.width(), layer.heat.height()), layer.heat);
        painter.restore();
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
