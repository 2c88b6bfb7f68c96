#pragma once

#include "core/capture/token_axis.h"

#include <QColor>
#include <QImage>
#include <QPainter>
#include <QRectF>
#include <QTransform>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace heedmap {

/// The two sides of an attention map: who looks, and what is looked at.
enum class LinkSide
{
    Query,
    Key
};

/// What is pointed at among links: a token or patch of one side, or with both, a link.
struct LinkPlace
{
    std::optional<std::int64_t> query;
    std::optional<std::int64_t> key;

    bool isLink() const { return query && key; }
    bool isNothing() const { return !query && !key; }
    bool operator==(const LinkPlace&) const = default;
};

/// The positions of one axis: patches lie on the picture, everything else stands in a column.
struct LinksAxis
{
    std::shared_ptr<const TokenAxis> axis;
    std::vector<std::int64_t> listed; ///< positions that are no patch, ascending
    QSizeF pictureSize;               ///< upright pixels; empty: no patches
    QImage picture;                   ///< may be null
};

/// A drawn weight. `share`: what width and opacity are in proportion to, in [0, 1].
struct LinkCurve
{
    std::int64_t query = 0;
    std::int64_t key = 0;
    float weight = 0; ///< probability
    double share = 0;
    QColor color;
};

/// A token or patch that is kept, with its colour.
struct LinkMark
{
    LinkSide side = LinkSide::Query;
    std::int64_t position = 0;
    QColor color;
};

/// Everything that is drawn, independent of size and scrolling.
struct LinksScene
{
    LinksAxis queries;
    LinksAxis keys;
    std::vector<LinkCurve> curves; ///< strongest first
    std::vector<LinkMark> marks;
    LinkPlace pointed; ///< emphasised

    const LinksAxis& axis(LinkSide side) const { return side == LinkSide::Query ? queries : keys; }
};

LinksAxis linksAxis(std::shared_ptr<const TokenAxis> axis, const QSizeF& pictureSize, const QImage& picture);

struct LinkColors
{
    QColor ink;
    QColor fainter; ///< special tokens, outlines
    QColor panel;   ///< behind tokens
};

/// Where things are in an area: queries at the left, keys at the right, tokens inside, pictures outside.
struct LinksLayout
{
    struct Side
    {
        QRectF list;    ///< null without listed positions
        QRectF picture; ///< null without patches
        QTransform deviceFromPicture;
        double rowHeight = 0;
        double scroll = 0; ///< pixels the list is moved up
        double contentHeight = 0;
    };
    std::array<Side, 2> sides; ///< [LinkSide]

    const Side& side(LinkSide side) const { return sides[static_cast<std::size_t>(side)]; }
    Side& side(LinkSide side) { return sides[static_cast<std::size_t>(side)]; }
};

LinksLayout layoutLinks(const LinksScene& scene, const QSizeF& size, const QFontMetricsF& metrics,
                        const std::array<double, 2>& scroll);
/// The row of a listed position; absent for patches.
std::optional<QRectF> linkRow(const LinksScene& scene, const LinksLayout& layout, LinkSide side, std::int64_t position);
/// Where a link begins or ends: at a patch's middle or a token's inner edge, at the list's edge when scrolled away.
QPointF linkAnchor(const LinksScene& scene, const LinksLayout& layout, LinkSide side, std::int64_t position);
/// The token or patch at a place of the area.
std::optional<std::int64_t> linkPositionAt(const LinksScene& scene, const LinksLayout& layout, LinkSide side,
                                           QPointF place);
/// The nearest curve within some pixels, as an index into `curves`.
std::optional<std::size_t> linkCurveAt(const LinksScene& scene, const LinksLayout& layout, QPointF place);
/// Shapes and text only, in any painter; uses its font. Curves first weak, then strong.
void paintLinks(QPainter& painter, const LinksScene& scene, const LinksLayout& layout, const LinkColors& colors);

} // namespace heedmap
