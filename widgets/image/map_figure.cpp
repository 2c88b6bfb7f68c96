#include "widgets/image/map_figure.h"

#include "core/base/error.h"
#include "widgets/context/group_rows.h"
#include "widgets/context/map_labels.h"
#include "widgets/image/color_bar_painter.h"
#include "widgets/image/mass_bar_painter.h"
#include "widgets/image/picture_image.h"
#include "widgets/image/stage_painter.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QStringList>

#include <algorithm>
#include <numeric>

namespace heedmap {

namespace {

constexpr double kMargin = 16;
constexpr double kBarWidth = 16;
constexpr double kMassWidth = 64;
constexpr double kLine = 1.45; // of the font's height
constexpr std::size_t kMostBars = 48;
constexpr qsizetype kMostMembers = 8; ///< of a set of heads, named in a caption

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::MapFigure", text);
}

/// Everything drawn, worked out before the size is known.
struct Figure
{
    const TokenAxis* keys = nullptr;
    std::vector<float> row; // [keys]
    ValueScale scale;
    const ColorMap* colors = nullptr;
    StageScene scene;
    QStringList caption;
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

std::vector<float> weightsForLimits(const Capture& capture, const MapChoice& map, qint64 query, const Figure& figure,
                                    bool shared)
{
    std::vector<float> weights;
    const std::optional<GroupChoice> group = shared ? groupChoice(capture, groupIdOf(capture, map)) : std::nullopt;
    if (!group) {
        appendScaledWeights(*figure.keys, figure.row, weights);
        return weights;
    }
    const GroupRows rows = readGroupRows(capture, *group, {group->id, map.first, query});
    for (const ShownSiteRows& site : rows.sites)
        for (int head = 0; head < site.heads; ++head)
            appendScaledWeights(*figure.keys, site.row(HeadChoice{head}), weights);
    return weights;
}

/// The attention module, or the members of a set.
QString sitesLabel(const Capture& capture, const MapChoice& map)
{
    if (!map.set)
        return QString::fromStdString(capture.site(map.site).key());
    QStringList members;
    for (const SiteHead& member : map.set->members)
        members << QString::fromStdString(headLabel(capture, member.site, member.head));
    if (members.size() > kMostMembers)
        members = members.mid(0, kMostMembers) << tr("and %1 more").arg(members.size() - kMostMembers);
    return members.join(QStringLiteral(", "));
}

QStringList captionLines(const Capture& capture, const MapChoice& map, qint64 query, const Figure& figure,
                         const RenderOptions& options)
{
    const QueryName name = queryName(capture, queryAxisOf(capture, map).id, query, options.predictingRow);
    const ShownMap shown{groupIdOf(capture, map), map, query};
    const QString limits = options.sharedLimits ? tr("limits shared by all heads") : tr("limits of this map");
    QStringList lines;
    lines << tr("%1 (%2) · %3 · %4")
                 .arg(name.token, rowKindLabel(name.kind), groupLabel(capture, shown), mapLabel(capture, map));
    lines << tr("%1 · %2").arg(QString::fromStdString(capture.manifest().model.name), sitesLabel(capture, map));
    lines << tr("%1, %2 · %3 (99.5th percentile)")
                 .arg(QString::fromStdString(figure.scale.unitLabel()),
                      QString::fromStdString(figure.scale.curveLabel()), limits);
    if (hasPatches(*figure.keys))
        lines.back() += options.samplesPerPatch > 1 ? tr(" · interpolated") : tr(" · exact patches");
    return lines;
}

Figure prepareFigure(const Capture& capture, const MapChoice& map, qint64 query, const RenderOptions& options)
{
    Figure figure;
    figure.row = readRow(capture, map, query);
    figure.keys = &keyAxisOf(capture, map);
    figure.colors = &colorMapByName(options.colorMap);
    figure.scale.timesUniform = options.timesUniform;
    figure.scale.curve = options.curve;
    figure.scale.keyCount = static_cast<double>(figure.keys->length);
    figure.scale = withSharedLimits(figure.scale, weightsForLimits(capture, map, query, figure, options.sharedLimits));
    HeatStyle style;
    style.colorMap = figure.colors;
    style.scale = figure.scale;
    style.opacity = options.opacity;
    style.samplesPerPatch = options.samplesPerPatch;
    figure.scene.picture = embeddedPicture(capture);
    figure.scene.pictureSize = figure.scene.picture.size();
    style.opacityFollowsValue = !figure.scene.picture.isNull();
    figure.scene.layers = heatLayers(*figure.keys, figure.row, style);
    if (figure.scene.picture.isNull() && hasPatches(*figure.keys)) {
        const CaptureInput* input = pictureInput(capture);
        const HeatLayer& layer = figure.scene.layers.front();
        figure.scene.pictureSize = input ? QSizeF(input->width, input->height)
                                         : layer.pictureFromHeat.mapRect(QRectF(layer.heat.rect())).size();
    }
    figure.caption = captionLines(capture, map, query, figure, options);
    return figure;
}

void paintCaption(QPainter& painter, const Figure& figure, QPointF topLeft)
{
    const QFontMetricsF metrics(painter.font());
    double baseline = topLeft.y() + metrics.ascent();
    for (const QString& line : figure.caption) {
        painter.drawText(QPointF(topLeft.x(), baseline), line);
        baseline += metrics.height() * kLine;
    }
}

double captionWidth(const Figure& figure, const QFontMetricsF& metrics)
{
    double width = 0;
    for (const QString& line : figure.caption)
        width = std::max(width, metrics.horizontalAdvance(line));
    return width;
}

QImage blankImage(const QSizeF& size, const RenderOptions& options)
{
    QImage image(size.toSize(), QImage::Format_RGB32);
    image.fill(options.background);
    return image;
}

QImage paintPictureFigure(const Figure& figure, const QFont& font, const RenderOptions& options)
{
    const QFontMetricsF metrics(font);
    const double shape = figure.scene.pictureSize.height() / std::max(1.0, figure.scene.pictureSize.width());
    const QRectF stage(kMargin, kMargin, options.pictureWidth,
                       std::clamp(std::round(options.pictureWidth * shape), 40.0, 8000.0));
    const QRectF bar(stage.right() + kMargin, stage.top(), kBarWidth, stage.height());
    const double massLeft = bar.right() + colorBarLabelWidth(metrics, figure.scale) + kMargin;
    const double captionHeight = metrics.height() * kLine * static_cast<double>(figure.caption.size());
    const double width = std::max(massLeft + kMassWidth, kMargin + captionWidth(figure, metrics)) + kMargin;
    QImage image = blankImage(QSizeF(width, stage.bottom() + kMargin + captionHeight + kMargin / 2), options);
    QPainter painter(&image);
    painter.setFont(font);
    painter.setPen(options.ink);
    paintStage(painter, figure.scene, fittingTransform(figure.scene.pictureSize, stage));
    paintColorBar(painter, bar, *figure.colors, figure.scale, options.ink);
    const double massHeight = std::min(stage.height(), 120.0);
    paintMassBar(painter, QRectF(massLeft, stage.bottom() - massHeight, kMassWidth, massHeight),
                 massOffPatches(*figure.keys, figure.row), options.ink);
    paintCaption(painter, figure, QPointF(kMargin, stage.bottom() + kMargin));
    return image;
}

/// The strongest keys in the order of their positions.
std::vector<std::size_t> keysToList(const std::vector<float>& row)
{
    std::vector<std::size_t> keys(row.size());
    std::iota(keys.begin(), keys.end(), std::size_t{0});
    if (keys.size() > kMostBars) {
        std::stable_sort(keys.begin(), keys.end(), [&](std::size_t a, std::size_t b) { return row[a] > row[b]; });
        keys.resize(kMostBars);
        std::sort(keys.begin(), keys.end());
    }
    return keys;
}

QImage paintBarFigure(Figure figure, const QFont& font, const RenderOptions& options)
{
    const QFontMetricsF metrics(font);
    const std::vector<std::size_t> keys = keysToList(figure.row);
    if (keys.size() < figure.row.size())
        figure.caption << tr("the %1 strongest of %2 keys").arg(keys.size()).arg(figure.row.size());
    const double line = metrics.height() * kLine;
    const double labelWidth = 150;
    const double barsWidth = 360;
    const double height = line * static_cast<double>(keys.size() + figure.caption.size()) + 3 * kMargin;
    const double width = std::max(labelWidth + barsWidth + 160, captionWidth(figure, metrics)) + 2 * kMargin;
    QImage image = blankImage(QSizeF(width, height), options);
    QPainter painter(&image);
    painter.setFont(font);
    double y = kMargin;
    for (std::size_t key : keys) {
        const float weight = figure.row[key];
        const Rgb color = figure.colors->at(figure.scale.position(weight));
        painter.setPen(options.ink);
        const QString label = positionLabel(*figure.keys, static_cast<std::int64_t>(key));
        painter.drawText(QRectF(kMargin, y, labelWidth - 8, line), Qt::AlignRight | Qt::AlignVCenter,
                         metrics.elidedText(label, Qt::ElideRight, labelWidth - 8));
        const QRectF bar(kMargin + labelWidth, y + 3, figure.scale.position(weight) * barsWidth, line - 6);
        painter.fillRect(bar, QColor(color.r, color.g, color.b));
        painter.drawText(QPointF(kMargin + labelWidth + barsWidth + 8, y + line / 2 + metrics.capHeight() / 2),
                         QString::fromStdString(figure.scale.format(weight)));
        y += line;
    }
    painter.setPen(options.ink);
    paintCaption(painter, figure, QPointF(kMargin, y + kMargin));
    return image;
}

} // namespace

QImage renderMapImage(const Capture& capture, const MapChoice& map, qint64 query, const RenderOptions& options)
{
    if (options.pictureWidth < 16 || options.pictureWidth > 8192)
        throw Error(ErrorKind::InvalidRequest, "a picture {} pixels wide cannot be drawn; 16 to 8192 are possible",
                    options.pictureWidth);
    Figure figure = prepareFigure(capture, map, query, options);
    QFont font;
    font.setPixelSize(13);
    return hasPatches(*figure.keys) ? paintPictureFigure(figure, font, options)
                                    : paintBarFigure(std::move(figure), font, options);
}

} // namespace heedmap
