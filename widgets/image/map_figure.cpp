#include "widgets/image/map_figure.h"

#include "core/base/error.h"
#include "core/capture/without_special.h"
#include "widgets/context/group_rows.h"
#include "widgets/context/map_labels.h"
#include "widgets/image/kept_rows.h"
#include "widgets/image/map_caption.h"
#include "widgets/image/named_bars.h"
#include "widgets/image/picture_image.h"
#include "widgets/image/stage_figure.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QStringList>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kLine = 1.45; // of the font's height
constexpr std::size_t kMostBars = 48;

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::MapFigure", text);
}

/// A row to be drawn and what explains it.
struct ScaledRow
{
    const TokenAxis* keys = nullptr;
    std::vector<float> row;      // [keys], renormalised where asked
    std::vector<float> recorded; // [keys]
    ValueScale scale;
    const ColorMap* colors = nullptr;
};

std::string groupIdOf(const Capture& capture, const MapChoice& map)
{
    if (!map.isComposed())
        return capture.site(map.site).group;
    for (const Composition& composition : capture.manifest().compositions)
        if (composition.firstGroup == capture.site(map.first->site).group &&
            composition.secondGroup == capture.site(map.site).group)
            return composition.id;
    return {};
}

WeightSample weightsForLimits(const Capture& capture, const MapChoice& map, qint64 query, const ScaledRow& figure,
                              const RenderOptions& options)
{
    const std::optional<GroupChoice> group =
        options.sharedLimits ? groupChoice(capture, groupIdOf(capture, map)) : std::nullopt;
    if (!group) {
        std::vector<std::span<const float>> runs;
        appendWeightRuns(*figure.keys, figure.row, options.withoutSpecial, runs);
        return sampleOf(runs);
    }
    const GroupRows rows = readGroupRows(capture, *group, {group->id, map.first, query, options.withoutSpecial});
    return sampleOfGroup(rows, *figure.keys);
}

QStringList captionLines(const Capture& capture, const MapChoice& map, const std::vector<std::int64_t>& queries,
                         const ScaledRow& current, const RenderOptions& options)
{
    MapCaption caption{groupIdOf(capture, map), map, queries, current.scale};
    caption.predictingRow = options.predictingRow;
    const LimitsSource source = options.limitsRule == LimitsRule::ByHand ? LimitsSource::ByHand
                                : options.sharedLimits                   ? LimitsSource::AllHeads
                                                                         : LimitsSource::ThisMap;
    caption.limits = limitsText(current.scale, source);
    caption.interpolated = options.samplesPerPatch > 1;
    QStringList lines = mapCaption(capture, caption);
    if (options.withoutSpecial)
        lines << leftOutText(OrdinaryKeys(*current.keys).leftOut(current.recorded));
    return lines;
}

void checkLimits(const RenderOptions& options)
{
    if (options.limitsRule != LimitsRule::ByHand)
        return;
    if (!std::isfinite(options.low) || !std::isfinite(options.high) || !(options.low < options.high))
        throw Error(ErrorKind::InvalidRequest, "the limits {} to {} span no range: give a smaller number first",
                    options.low, options.high);
    if (options.curve == ValueCurve::Logarithmic && !(options.low > 0))
        throw Error(ErrorKind::InvalidRequest,
                    "a logarithmic scale begins above 0, not at {}: give another lower limit or another scale",
                    options.low);
}

ValueScale unitOf(const TokenAxis& keys, const RenderOptions& options)
{
    ValueScale scale;
    scale.timesUniform = options.timesUniform;
    scale.curve = options.curve;
    scale.rule = options.limitsRule;
    scale.low = options.low;
    scale.high = options.high;
    scale.withoutSpecial = options.withoutSpecial;
    scale.keyCount = static_cast<double>(options.withoutSpecial ? OrdinaryKeys(keys).count() : keys.length);
    return scale;
}

ScaledRow scaledRow(const Capture& capture, const MapChoice& map, qint64 query, const RenderOptions& options)
{
    checkLimits(options);
    ScaledRow current;
    current.recorded = readRow(capture, map, query);
    current.row = current.recorded;
    current.keys = &keyAxisOf(capture, map);
    if (options.withoutSpecial && !OrdinaryKeys(*current.keys).renormalize(current.row))
        throw Error(ErrorKind::InvalidRequest,
                    "none of the weight of query {} lies on other than special tokens: without them there is no map",
                    query);
    current.colors = &colorMapByName(options.colorMap);
    current.scale =
        fittedTo(unitOf(*current.keys, options),
                 std::make_shared<const WeightSample>(weightsForLimits(capture, map, query, current, options)));
    return current;
}

QSizeF sizeWithoutPicture(const Capture& capture, const StageScene& scene)
{
    if (const CaptureInput* input = pictureInput(capture))
        return QSizeF(input->width, input->height);
    const HeatLayer& layer = scene.layers.front();
    return layer.pictureFromHeat.mapRect(QRectF(layer.heat.rect())).size();
}

Figure pictureFigure(const Capture& capture, const MapChoice& map, const std::vector<std::int64_t>& queries,
                     const ScaledRow& current, const RenderOptions& options)
{
    StageFigure parts;
    parts.scene.picture = embeddedPicture(capture);
    parts.scene.pictureSize = parts.scene.picture.size();
    HeatStyle style;
    style.colorMap = current.colors;
    style.scale = current.scale;
    style.opacity = options.opacity;
    style.samplesPerPatch = options.samplesPerPatch;
    style.opacityFollowsValue = !parts.scene.picture.isNull();
    parts.scale = current.scale;
    if (queries.size() == 1) {
        parts.scene.layers = heatLayers(*current.keys, current.row, style);
        parts.colors = current.colors;
        parts.offPicture = massOffPatches(*current.keys, current.recorded);
    } else {
        KeptRows kept = keptRows(capture, map, queries, options.predictingRow, [&](std::int64_t query) {
            return readShownRow(capture, map, query, options.withoutSpecial);
        });
        for (std::size_t i = 0; i < kept.rows.size() && options.withoutSpecial; ++i)
            kept.offPicture[i] = massOffPatches(*current.keys, readRow(capture, map, queries[i]));
        parts.scene.layers = blendedHeatLayers(*current.keys, kept.rows, kept.colors, style);
        parts.tokens = legendOf(kept, *current.keys, current.scale, std::nullopt);
    }
    if (parts.scene.picture.isNull())
        parts.scene.pictureSize = sizeWithoutPicture(capture, parts.scene);
    parts.caption = captionLines(capture, map, queries, current, options);
    parts.title = parts.caption.front();
    return figureOfStage(std::move(parts), options.pictureWidth);
}

Figure barFigure(const Capture& capture, const MapChoice& map, qint64 query, const ScaledRow& current,
                 const RenderOptions& options)
{
    const std::vector<std::size_t> keys = largestPositions(current.row, kMostBars);
    const BarColumns columns;
    Figure figure;
    figure.caption = captionLines(capture, map, {query}, current, options);
    figure.title = figure.caption.front();
    if (keys.size() < current.row.size())
        figure.caption << tr("the %1 strongest of %2 keys").arg(keys.size()).arg(current.row.size());
    const double line = QFontMetricsF(FigureStyle::defaultFont()).height() * kLine;
    figure.size = QSizeF(columns.width(), line * static_cast<double>(keys.size()));
    figure.paint = [bars = namedBars(*current.keys, current.row, keys, current.scale, *current.colors), columns,
                    line](QPainter& painter, const FigureStyle& style) {
        paintNamedBars(painter, bars, line, columns, style.ink);
    };
    return figure;
}

} // namespace

Figure figureOfMap(const Capture& capture, const MapChoice& map, const std::vector<std::int64_t>& queries,
                   const RenderOptions& options)
{
    if (queries.empty() || queries.size() > kTokenColors.size())
        throw Error(ErrorKind::InvalidRequest, "{} tokens cannot be drawn together; 1 to {} can", queries.size(),
                    kTokenColors.size());
    const ScaledRow current = scaledRow(capture, map, queries.back(), options);
    if (hasPatches(*current.keys))
        return pictureFigure(capture, map, queries, current, options);
    if (queries.size() > 1)
        throw Error(ErrorKind::InvalidRequest,
                    "this map has no patches: only rows on a picture can be blended; give one query");
    return barFigure(capture, map, queries.front(), current, options);
}

} // namespace heedmap
