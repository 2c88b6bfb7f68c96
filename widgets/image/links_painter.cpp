#include "widgets/image/links_painter.h"

#include "widgets/context/map_navigation.h"
#include "widgets/context/sound_windows.h"
#include "widgets/image/picture_image.h"
#include "widgets/image/stage_painter.h"

#include <QFontMetricsF>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <limits>

namespace heedmap {

namespace {

constexpr double kLowestRow = 14;
constexpr double kHighestRow = 22;
constexpr double kNarrowestList = 44;
constexpr double kWidestList = 150;
constexpr double kSmallestGap = 110;
constexpr double kWidestGap = 380;
constexpr double kPictureGap = 14;
constexpr double kTextMargin = 7;
constexpr std::size_t kMeasured = 200; // tokens whose text decides how wide a list is
constexpr double kThinnest = 0.8;
constexpr double kThickest = 6;
constexpr double kFaintest = 0.15;
constexpr double kReach = 5; // pixels from a curve that still point at it
constexpr int kCurvePoints = 28;
constexpr LinkSide kSides[] = {LinkSide::Query, LinkSide::Key};

QString textAt(const LinksAxis& side, std::int64_t position)
{
    return QString::fromStdString(side.axis->label(position)).trimmed();
}

/// Moments are a line from begin to end, that is always whole; only some of them are named.
bool isTime(const LinksAxis& side)
{
    return side.axis && hasSound(*side.axis);
}

double listWidth(const LinksAxis& side, const QFontMetricsF& metrics)
{
    double width = 0;
    for (std::size_t i = 0; i < std::min(kMeasured, side.listed.size()); ++i)
        width = std::max(width, metrics.horizontalAdvance(textAt(side, side.listed[i])) + 2 * kTextMargin + 2);
    return side.listed.empty() ? 0 : std::clamp(width, kNarrowestList, kWidestList);
}

double pictureWidth(const LinksAxis& side, double height, double most)
{
    if (side.pictureSize.isEmpty())
        return 0;
    return std::min(most, height * side.pictureSize.width() / side.pictureSize.height());
}

LinksLayout::Side listOf(const LinksAxis& axis, double width, double height, double scroll)
{
    LinksLayout::Side side;
    const auto count = static_cast<double>(axis.listed.size());
    if (axis.listed.empty())
        return side;
    side.rowHeight = std::clamp(height / count, isTime(axis) ? 0.0 : kLowestRow, kHighestRow);
    side.contentHeight = side.rowHeight * count;
    const double shown = std::min(height, side.contentHeight);
    side.scroll = std::clamp(scroll, 0.0, side.contentHeight - shown);
    side.list = QRectF(0, (height - shown) / 2, width, shown);
    return side;
}

QPainterPath curvePath(QPointF from, QPointF to)
{
    const double reach = std::max(24.0, std::abs(to.x() - from.x()) * 0.45);
    QPainterPath path(from);
    path.cubicTo(from + QPointF(reach, 0), to - QPointF(reach, 0), to);
    return path;
}

QPainterPath pathOf(const LinksScene& scene, const LinksLayout& layout, const LinkCurve& curve)
{
    return curvePath(linkAnchor(scene, layout, LinkSide::Query, curve.query),
                     linkAnchor(scene, layout, LinkSide::Key, curve.key));
}

double widthOf(const LinkCurve& curve)
{
    return kThinnest + (kThickest - kThinnest) * curve.share;
}

double distanceTo(const QPainterPath& path, QPointF place)
{
    double nearest = std::numeric_limits<double>::infinity();
    QPointF last = path.pointAtPercent(0);
    for (int i = 1; i <= kCurvePoints; ++i) {
        const QPointF next = path.pointAtPercent(double(i) / kCurvePoints);
        const QPointF step = next - last;
        const double length = QPointF::dotProduct(step, step);
        const double t = length > 0 ? std::clamp(QPointF::dotProduct(place - last, step) / length, 0.0, 1.0) : 0;
        const QPointF off = place - (last + step * t);
        nearest = std::min(nearest, std::hypot(off.x(), off.y()));
        last = next;
    }
    return nearest;
}

/// The colour of a kept or pointed position; invalid for others.
QColor markAt(const LinksScene& scene, LinkSide side, std::int64_t position)
{
    for (const LinkMark& mark : scene.marks)
        if (mark.side == side && mark.position == position)
            return mark.color;
    return {};
}

bool isPointed(const LinksScene& scene, LinkSide side, std::int64_t position)
{
    return (side == LinkSide::Query ? scene.pointed.query : scene.pointed.key) == position;
}

void paintList(QPainter& painter, const LinksScene& scene, const LinksLayout& layout, LinkSide which,
               const LinkColors& colors)
{
    const LinksAxis& axis = scene.axis(which);
    const LinksLayout::Side& side = layout.side(which);
    if (side.list.isNull())
        return;
    const QFontMetricsF metrics(painter.font());
    painter.save();
    painter.setClipRect(side.list.adjusted(-1, 0, 1, 0));
    const auto first = static_cast<std::size_t>(side.scroll / side.rowHeight);
    const auto last = static_cast<std::size_t>((side.scroll + side.list.height()) / side.rowHeight);
    const auto stride = static_cast<std::size_t>(std::ceil(kLowestRow / std::max(side.rowHeight, 1e-6)));
    for (std::size_t i = first; i <= last && i < axis.listed.size(); ++i) {
        const std::int64_t position = axis.listed[i];
        const QRectF row = linkRow(scene, layout, which, position)->adjusted(0, 0.5, 0, -0.5);
        const QColor mark = markAt(scene, which, position);
        const bool pointed = isPointed(scene, which, position);
        if (mark.isValid() || pointed) {
            painter.setPen(mark.isValid() ? QPen(mark, 1.6) : QPen(colors.ink, 1.2, Qt::DotLine));
            painter.setBrush(colors.panel);
            painter.drawRoundedRect(row.adjusted(1, 0, -1, 0), 3, 3);
        }
        if (i % stride != 0)
            continue;
        painter.setPen(axis.axis->isSpecial(position) ? colors.fainter : colors.ink);
        const QRectF text = row.adjusted(kTextMargin, 0, -kTextMargin, 0);
        const QString shown = metrics.elidedText(textAt(axis, position), Qt::ElideRight, text.width());
        const bool isRight = which == LinkSide::Query;
        const double x = isRight ? text.right() - metrics.horizontalAdvance(shown) : text.left();
        painter.drawText(QPointF(x, row.center().y() + metrics.capHeight() / 2), shown);
    }
    painter.restore();
}

void paintPicture(QPainter& painter, const LinksScene& scene, const LinksLayout& layout, LinkSide which,
                  const LinkColors& colors)
{
    const LinksAxis& axis = scene.axis(which);
    const LinksLayout::Side& side = layout.side(which);
    if (side.picture.isNull())
        return;
    paintStage(painter, {axis.picture, axis.pictureSize, {}}, side.deviceFromPicture);
    painter.setBrush(axis.picture.isNull() ? QBrush(colors.panel) : QBrush(Qt::NoBrush));
    painter.setPen(QPen(colors.fainter, 1));
    painter.drawRect(side.picture);
    const auto outline = [&](std::int64_t position, const QColor& color) {
        if (const auto rect = patchRect(*axis.axis, position))
            paintPatchOutline(painter, rectFromRectF(*rect), side.deviceFromPicture, color);
    };
    for (const LinkMark& mark : scene.marks)
        if (mark.side == which)
            outline(mark.position, mark.color);
    if (const auto& pointed = which == LinkSide::Query ? scene.pointed.query : scene.pointed.key)
        outline(*pointed, Qt::white);
}

void paintCurve(QPainter& painter, const LinksScene& scene, const LinksLayout& layout, const LinkCurve& curve)
{
    const bool pointed = scene.pointed.isLink() && scene.pointed.query == curve.query && scene.pointed.key == curve.key;
    QColor color = curve.color;
    color.setAlphaF(static_cast<float>(pointed ? 1 : kFaintest + (1 - kFaintest) * curve.share));
    const double width = widthOf(curve);
    const QPainterPath path = pathOf(scene, layout, curve);
    painter.setBrush(Qt::NoBrush);
    if (pointed) {
        painter.setPen(QPen(QColor(0, 0, 0, 150), width + 3.5, Qt::SolidLine, Qt::RoundCap));
        painter.drawPath(path);
    }
    painter.setPen(QPen(color, pointed ? width + 1 : width, Qt::SolidLine, Qt::RoundCap));
    painter.drawPath(path);
    const auto rect = patchRect(*scene.keys.axis, curve.key);
    if (rect && !layout.side(LinkSide::Key).picture.isNull()) { // where on the picture the link ends
        painter.setPen(QPen(color, 1));
        painter.drawRect(layout.side(LinkSide::Key).deviceFromPicture.mapRect(rectFromRectF(*rect)));
    }
}

} // namespace

LinksAxis linksAxis(std::shared_ptr<const TokenAxis> axis, const QSizeF& pictureSize, const QImage& picture)
{
    LinksAxis side;
    side.axis = std::move(axis);
    const std::vector<const AxisSegment*> patches = patchSegments(*side.axis);
    for (const AxisSegment& segment : side.axis->segments)
        if (std::ranges::find(patches, &segment) == patches.end() || pictureSize.isEmpty())
            for (std::int64_t position = segment.begin; position < segment.end(); ++position)
                side.listed.push_back(position);
    if (!patches.empty()) {
        side.pictureSize = pictureSize;
        side.picture = picture;
    }
    return side;
}

LinksLayout layoutLinks(const LinksScene& scene, const QSizeF& size, const QFontMetricsF& metrics,
                        const std::array<double, 2>& scroll)
{
    LinksLayout layout;
    std::array<double, 2> lists{};
    std::array<double, 2> pictures{};
    for (const LinkSide which : kSides)
        lists[static_cast<std::size_t>(which)] = listWidth(scene.axis(which), metrics);
    const int pictureCount = int(!scene.queries.pictureSize.isEmpty()) + int(!scene.keys.pictureSize.isEmpty());
    const double room = size.width() - lists[0] - lists[1] - kSmallestGap - kPictureGap * pictureCount;
    for (const LinkSide which : kSides)
        pictures[static_cast<std::size_t>(which)] =
            pictureWidth(scene.axis(which), size.height() - 2, std::max(20.0, room / std::max(1, pictureCount)));
    const double things = lists[0] + lists[1] + pictures[0] + pictures[1] + kPictureGap * pictureCount;
    const double gap = std::clamp(size.width() - things, kSmallestGap, kWidestGap);
    double x = std::max(0.0, (size.width() - things - gap) / 2);
    const auto placePicture = [&](LinkSide which) {
        const QSizeF picture = scene.axis(which).pictureSize;
        if (picture.isEmpty())
            return;
        LinksLayout::Side& side = layout.side(which);
        const double width = pictures[static_cast<std::size_t>(which)];
        const double height = width * picture.height() / picture.width();
        side.picture = QRectF(x, (size.height() - height) / 2, width, height);
        side.deviceFromPicture = QTransform::fromTranslate(side.picture.left(), side.picture.top());
        side.deviceFromPicture.scale(width / picture.width(), height / picture.height());
        x += width + kPictureGap;
    };
    const auto placeList = [&](LinkSide which) {
        const auto index = static_cast<std::size_t>(which);
        const LinksLayout::Side list = listOf(scene.axis(which), lists[index], size.height(), scroll[index]);
        LinksLayout::Side& side = layout.side(which);
        side.list = list.list.translated(x, 0);
        side.rowHeight = list.rowHeight;
        side.scroll = list.scroll;
        side.contentHeight = list.contentHeight;
        if (scene.axis(which).listed.empty())
            side.list = {};
        x += lists[index];
    };
    placePicture(LinkSide::Query);
    placeList(LinkSide::Query);
    x += gap;
    placeList(LinkSide::Key);
    if (lists[1] > 0)
        x += kPictureGap;
    placePicture(LinkSide::Key);
    return layout;
}

std::optional<QRectF> linkRow(const LinksScene& scene, const LinksLayout& layout, LinkSide which, std::int64_t position)
{
    const std::vector<std::int64_t>& listed = scene.axis(which).listed;
    const auto found = std::ranges::lower_bound(listed, position);
    if (found == listed.end() || *found != position)
        return std::nullopt;
    const LinksLayout::Side& side = layout.side(which);
    const double top = side.list.top() + double(found - listed.begin()) * side.rowHeight - side.scroll;
    return QRectF(side.list.left(), top, side.list.width(), side.rowHeight);
}

QPointF linkAnchor(const LinksScene& scene, const LinksLayout& layout, LinkSide which, std::int64_t position)
{
    const LinksLayout::Side& side = layout.side(which);
    if (const std::optional<QRectF> row = linkRow(scene, layout, which, position))
        return QPointF(which == LinkSide::Query ? row->right() : row->left(),
                       std::clamp(row->center().y(), side.list.top(), side.list.bottom()));
    if (const auto rect = patchRect(*scene.axis(which).axis, position))
        return side.deviceFromPicture.map(rectFromRectF(*rect).center());
    if (isTime(scene.axis(which))) // behind the recording's end
        return QPointF(which == LinkSide::Query ? side.list.right() : side.list.left(), side.list.bottom());
    return side.list.center();
}

std::optional<std::int64_t> linkPositionAt(const LinksScene& scene, const LinksLayout& layout, LinkSide which,
                                           QPointF place)
{
    const LinksLayout::Side& side = layout.side(which);
    const LinksAxis& axis = scene.axis(which);
    if (!axis.axis)
        return std::nullopt;
    if (side.list.contains(place)) {
        const auto row = static_cast<std::size_t>((place.y() - side.list.top() + side.scroll) / side.rowHeight);
        return row < axis.listed.size() ? std::optional(axis.listed[row]) : std::nullopt;
    }
    if (!side.picture.contains(place))
        return std::nullopt;
    const QPointF onPicture = side.deviceFromPicture.inverted().map(place);
    return patchAt(*axis.axis, {onPicture.x(), onPicture.y()});
}

std::optional<std::size_t> linkCurveAt(const LinksScene& scene, const LinksLayout& layout, QPointF place)
{
    std::optional<std::size_t> nearest;
    double distance = kReach;
    for (std::size_t i = 0; i < scene.curves.size(); ++i) {
        const QPainterPath path = pathOf(scene, layout, scene.curves[i]);
        if (!path.controlPointRect().adjusted(-kReach, -kReach, kReach, kReach).contains(place))
            continue;
        // On a thick line the pointer is on it, whatever thin one passes there; among equals the strongest.
        const double found = std::max(0.0, distanceTo(path, place) - widthOf(scene.curves[i]) / 2);
        if (found < distance) {
            distance = found;
            nearest = i;
        }
    }
    return nearest;
}

void paintLinks(QPainter& painter, const LinksScene& scene, const LinksLayout& layout, const LinkColors& colors)
{
    if (!scene.queries.axis || !scene.keys.axis)
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const LinkSide side : kSides)
        paintPicture(painter, scene, layout, side, colors);
    for (auto curve = scene.curves.rbegin(); curve != scene.curves.rend(); ++curve)
        paintCurve(painter, scene, layout, *curve);
    for (const LinkCurve& curve : scene.curves) // the one pointed at above all others
        if (scene.pointed.isLink() && scene.pointed.query == curve.query && scene.pointed.key == curve.key)
            paintCurve(painter, scene, layout, curve);
    for (const LinkSide side : kSides)
        paintList(painter, scene, layout, side, colors);
    painter.restore();
}

} // namespace heedmap
