#include "widgets/image/mode_painter.h"

#include "core/render/diverging_color.h"
#include "widgets/context/map_navigation.h"
#include "widgets/context/view_context.h"
#include "widgets/image/kept_rows.h"
#include "widgets/image/picture_image.h"

#include <QCoreApplication>
#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kBarColor = 0.8;
constexpr double kWidestBar = 22;
constexpr double kNarrowestBar = 3;
constexpr double kLabelShare = 0.42;
constexpr double kFade = 0.72;  ///< how much white a quiet background is
constexpr double kGridFrom = 5; ///< pixels of a patch from which its border is drawn

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::Modes", text);
}

/// Where the bars of a spectrum stand.
struct SpectrumPlaces
{
    double step = 0;
    Eigen::Index count = 0;
    QRectF plot;
};

SpectrumPlaces placesOf(const QRectF& area, const SvdModes& modes, double textHeight)
{
    SpectrumPlaces places;
    places.plot = area.adjusted(0, 0, 0, -textHeight);
    const auto all = static_cast<double>(modes.values.size());
    if (all == 0 || places.plot.width() <= kNarrowestBar)
        return places;
    places.step = std::clamp(places.plot.width() / all, kNarrowestBar, kWidestBar);
    places.count = static_cast<Eigen::Index>(std::min(all, std::floor(places.plot.width() / places.step)));
    return places;
}

bool touchesNext(const SvdModes& modes, Eigen::Index mode)
{
    return std::ranges::any_of(modes.subspaces, [&](const ModeSubspace& subspace) {
        return mode >= subspace.first && mode + 1 < subspace.first + subspace.dimension;
    });
}

QColor withAlpha(QColor color, double alpha)
{
    color.setAlphaF(static_cast<float>(alpha));
    return color;
}

/// The texts of the widest labels and values, so that bars of a list share their zero.
struct BarColumns
{
    double label = 0;
    double value = 0;
    double zero = 0;
    double unit = 0; ///< pixels for a magnitude of 1
};

BarColumns columnsOf(const QRectF& area, std::span<const ModeEntry> bars, const QFontMetricsF& metrics)
{
    BarColumns columns;
    double highest = 0;
    double lowest = 0;
    for (const ModeEntry& bar : bars) {
        columns.label = std::max(columns.label, metrics.horizontalAdvance(bar.label) + 8);
        columns.value = std::max(columns.value, metrics.horizontalAdvance(signedValueText(bar.value)) + 5);
        highest = std::max(highest, bar.value);
        lowest = std::min(lowest, bar.value);
    }
    columns.label = std::min(columns.label, area.width() * kLabelShare);
    const double free = area.width() - columns.label - columns.value - (lowest < 0 ? columns.value : 0);
    columns.unit = std::max(0.0, free) / std::max(highest - lowest, 1e-12);
    columns.zero = area.left() + columns.label + (lowest < 0 ? columns.value - lowest * columns.unit : 0);
    return columns;
}

RgbaImage imageOfPatches(const AxisSegment& segment, const ModeSide& side, double limit)
{
    RgbaImage image{segment.grid.columns, segment.grid.rows, {}};
    const std::size_t count = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
    for (std::size_t patch = 0; patch < count; ++patch) {
        const double value = side.atPosition[static_cast<std::size_t>(segment.begin) + patch];
        const double part = limit > 0 ? std::clamp(value / limit, -1.0, 1.0) : 0;
        const Rgb color = divergingColor(part);
        // The square root keeps weak patches in sight; the colour itself says the value.
        const auto alpha = static_cast<std::uint8_t>(std::lround(235 * std::sqrt(std::abs(part))));
        image.rgba.insert(image.rgba.end(), {color.r, color.g, color.b, alpha});
    }
    return image;
}

} // namespace

QString signedValueText(double value)
{
    const double size = std::abs(value);
    QString text = size >= 0.005 || size == 0 ? QString::number(size, 'f', 2) : QString::number(size, 'g', 1);
    return value < 0 ? u'−' + text : text;
}

QColor signedColor(bool isPositive)
{
    return colorFromRgb(divergingColor(isPositive ? kBarColor : -kBarColor));
}

void paintSpectrum(QPainter& painter, const QRectF& area, const SvdModes& modes, std::size_t chosen, const ModeInk& ink)
{
    const QFontMetricsF metrics(painter.font());
    const SpectrumPlaces places = placesOf(area, modes, metrics.height());
    if (places.count == 0 || modes.values[0] <= 0)
        return;
    const ModeSubspace none{-1, 0};
    const ModeSubspace& marked = chosen < modes.subspaces.size() ? modes.subspaces[chosen] : none;
    for (Eigen::Index mode = 0; mode < places.count; ++mode) {
        const double height = places.plot.height() * modes.values[mode] / modes.values[0];
        const double gap = touchesNext(modes, mode) || places.step < 5 ? 0 : 2;
        const QRectF bar(places.plot.left() + static_cast<double>(mode) * places.step, places.plot.bottom() - height,
                         places.step - gap, height);
        const bool isChosen = mode >= marked.first && mode < marked.first + marked.dimension;
        painter.fillRect(bar, isChosen                   ? ink.accent
                              : mode < modes.modeCount() ? withAlpha(ink.ink, 0.35)
                                                         : withAlpha(ink.ink, 0.15));
    }
    painter.setPen(withAlpha(ink.ink, 0.4));
    painter.drawLine(places.plot.bottomLeft(), places.plot.bottomRight());
    painter.setPen(ink.fainter);
    const QRectF line(area.left(), places.plot.bottom() + 1, area.width(), metrics.height());
    painter.drawText(line, Qt::AlignLeft | Qt::AlignTop, QStringLiteral("1"));
    const double end = static_cast<double>(places.count) * places.step;
    painter.drawText(QRectF(line.left(), line.top(), std::max(end, 4 * metrics.averageCharWidth()), line.height()),
                     Qt::AlignRight | Qt::AlignTop, places.count > 1 ? QString::number(places.count) : QString());
}

std::optional<std::int64_t> spectrumModeAt(const QRectF& area, const SvdModes& modes, double x)
{
    const SpectrumPlaces places = placesOf(area, modes, 0);
    if (places.count == 0 || x < places.plot.left())
        return std::nullopt;
    const auto mode = static_cast<std::int64_t>((x - places.plot.left()) / places.step);
    return mode < places.count ? std::optional(mode) : std::nullopt;
}

double signedBarHeight(const QFontMetricsF& metrics)
{
    return std::ceil(metrics.height() + 1);
}

std::vector<ModeEntry> barsInSight(const ModeSide& side, double height, double lineHeight)
{
    const auto count = std::min(side.strongest.size(), static_cast<std::size_t>(std::max(0.0, height / lineHeight)));
    std::vector<ModeEntry> bars(side.strongest.begin(), side.strongest.begin() + static_cast<std::ptrdiff_t>(count));
    std::ranges::stable_sort(bars, std::greater<>(), &ModeEntry::value);
    return bars;
}

void paintSignedBars(QPainter& painter, const QRectF& area, std::span<const ModeEntry> bars, bool isSigned,
                     std::span<const std::int64_t> marked, const ModeInk& ink)
{
    if (bars.empty())
        return;
    const QFontMetricsF metrics(painter.font());
    const double line = signedBarHeight(metrics);
    const BarColumns columns = columnsOf(area, bars, metrics);
    double y = area.top();
    for (const ModeEntry& bar : bars) {
        const QRectF label(area.left(), y, columns.label - 6, line);
        if (std::ranges::find(marked, bar.position) != marked.end())
            painter.fillRect(label.adjusted(-2, 1, 2, -1), withAlpha(ink.accent, 0.28));
        painter.setPen(ink.ink);
        painter.drawText(label, Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(bar.label, Qt::ElideRight, label.width()));
        const double length = std::abs(bar.value) * columns.unit;
        const bool isPositive = bar.value >= 0;
        const QRectF place(isPositive ? columns.zero : columns.zero - length, y + 2, length, line - 4);
        painter.fillRect(place, isSigned ? signedColor(isPositive) : ink.accent);
        painter.setPen(ink.fainter);
        const QRectF value = isPositive ? QRectF(place.right() + 4, y, columns.value, line)
                                        : QRectF(place.left() - columns.value - 4, y, columns.value, line);
        painter.drawText(value, (isPositive ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter,
                         signedValueText(bar.value));
        y += line;
    }
    painter.setPen(withAlpha(ink.ink, 0.5));
    painter.drawLine(QPointF(columns.zero, area.top()), QPointF(columns.zero, y));
}

QImage fadedPicture(const QImage& picture)
{
    if (picture.isNull())
        return picture;
    const QImage grey = picture.convertToFormat(QImage::Format_Grayscale8).convertToFormat(QImage::Format_RGB32);
    QImage faded(grey.size(), QImage::Format_RGB32);
    faded.fill(Qt::white);
    QPainter painter(&faded);
    painter.setOpacity(1 - kFade);
    painter.drawImage(0, 0, grey);
    return faded;
}

StageScene sceneOfSide(const TokenAxis& axis, const ModeSide& side, double limit, const QImage& faded,
                       const QSizeF& pictureSize)
{
    StageScene scene{faded, pictureSize, {}};
    for (const AxisSegment* segment : patchSegments(axis))
        scene.layers.push_back({imageFromHeat(imageOfPatches(*segment, side, limit)),
                                transformFromAffine(segment->grid.pictureFromGrid), false});
    return scene;
}

QTransform paintModeMap(QPainter& painter, const QRectF& area, const StageScene& scene, const TokenAxis& axis)
{
    const QTransform transform = fittingTransform(scene.pictureSize, area);
    const QRectF bounds = transform.mapRect(QRectF(QPointF(0, 0), scene.pictureSize));
    painter.save();
    painter.fillRect(bounds, QColor(0xfb, 0xfb, 0xfb));
    painter.setClipRect(bounds, Qt::IntersectClip);
    paintStage(painter, scene, transform);
    painter.setPen(QPen(QColor(0, 0, 0, 30), 0.6));
    painter.setBrush(Qt::NoBrush);
    for (const AxisSegment* segment : patchSegments(axis)) {
        const PatchGrid& grid = segment->grid;
        const QTransform place = transformFromAffine(grid.pictureFromGrid) * transform;
        if (place.mapRect(QRectF(0, 0, 1, 1)).width() < kGridFrom)
            continue;
        for (int column = 0; column <= grid.columns; ++column)
            painter.drawLine(place.map(QLineF(column, 0, column, grid.rows)));
        for (int row = 0; row <= grid.rows; ++row)
            painter.drawLine(place.map(QLineF(0, row, grid.columns, row)));
    }
    painter.restore();
    return transform;
}

void paintSignedScale(QPainter& painter, const QRectF& area, double limit, bool isSigned, const ModeInk& ink)
{
    const QFontMetricsF metrics(painter.font());
    const QString low = isSigned ? signedValueText(-limit) : QStringLiteral("0");
    const QString high = signedValueText(limit);
    const double left = metrics.horizontalAdvance(low) + 5;
    const QRectF bar(area.left() + left, area.center().y() - 4,
                     std::max(20.0, std::min(80.0, area.width() - left - metrics.horizontalAdvance(high) - 5)), 8);
    painter.setPen(ink.fainter);
    painter.drawText(QRectF(area.left(), area.top(), left, area.height()), Qt::AlignLeft | Qt::AlignVCenter, low);
    painter.drawText(QRectF(bar.right() + 5, area.top(), area.width(), area.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     high);
    constexpr int kSteps = 40;
    for (int step = 0; step < kSteps; ++step) {
        const double part = (step + 0.5) / kSteps;
        painter.fillRect(
            QRectF(bar.left() + bar.width() * step / kSteps, bar.top(), bar.width() / kSteps, bar.height()),
            colorFromRgb(divergingColor(isSigned ? 2 * part - 1 : part)));
    }
}

ModeSideScene modeSideScene(const QString& title, ModeSide side, const TokenAxis& axis, const QImage& faded,
                            const QSizeF& pictureSize, double limit)
{
    ModeSideScene scene{
        QStringLiteral("%1 · %2").arg(title, QString::fromStdString(axis.id)), std::move(side), axis, {}};
    if (limit > 0)
        scene.side.limit = limit;
    if (scene.side.isOnPicture)
        scene.scene = sceneOfSide(axis, scene.side, scene.side.limit, faded, pictureSize);
    return scene;
}

ModeSidePlaces paintModeSide(QPainter& painter, const QRectF& area, const ModeSideScene& scene, const ModeInk& ink)
{
    const QFontMetricsF metrics(painter.font());
    ModeSidePlaces places;
    places.line = signedBarHeight(metrics);
    places.body = area.adjusted(0, metrics.height() + 4, 0, 0);
    painter.setPen(ink.fainter);
    painter.drawText(QRectF(area.topLeft(), QSizeF(area.width(), metrics.height())), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(scene.title, Qt::ElideRight, area.width()));
    if (!scene.side.isOnPicture) {
        places.bars = barsInSight(scene.side, places.body.height(), places.line);
        paintSignedBars(painter, places.body, places.bars, scene.side.isSigned, scene.marked, ink);
        return places;
    }
    const QString off = offPictureText(scene.side);
    const double below = (off.isEmpty() ? 1 : 2) * places.line;
    const QRectF map = places.body.adjusted(0, 0, 0, -below - 2);
    places.deviceFromPicture = paintModeMap(painter, map, scene.scene, scene.axis);
    for (const std::int64_t position : scene.marked)
        if (const auto rect = patchRect(scene.axis, position))
            paintPatchOutline(painter, rectFromRectF(*rect), places.deviceFromPicture, ViewContext::markColor());
    QRectF line(places.body.left(), map.bottom() + 2, places.body.width(), places.line);
    paintSignedScale(painter, line, scene.side.limit, scene.side.isSigned, ink);
    painter.setPen(ink.fainter);
    line.translate(0, places.line);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(off, Qt::ElideRight, line.width()));
    return places;
}

QString offPictureText(const ModeSide& side)
{
    QStringList parts;
    for (const ModeEntry& entry : side.offPicture)
        parts << QStringLiteral("%1 %2").arg(entry.label, signedValueText(entry.value));
    return parts.isEmpty() ? QString() : tr("off the picture: %1").arg(parts.join(QStringLiteral(", ")));
}

} // namespace heedmap
