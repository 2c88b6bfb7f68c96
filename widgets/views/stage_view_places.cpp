// What places on the stage ask for, by mouse and keyboard.

#include "widgets/controls/stage_canvas.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/stage_view.h"

#include <algorithm>

namespace heedmap {

Hover StageView::hoverAt(QPointF place)
{
    const auto& capture = selection().capture();
    if (!capture || selection().selection().group.empty())
        return {};
    const MapChoice& map = selection().selection().map;
    const TokenAxis& queries = queryAxisOf(*capture, map);
    const TokenAxis& keys = keyAxisOf(*capture, map);
    Hover hover;
    if (isMatrix(map)) {
        hover.query = AxisPosition{
            queries.id, std::clamp<std::int64_t>(static_cast<std::int64_t>(place.y()), 0, queries.length - 1)};
        hover.key =
            AxisPosition{keys.id, std::clamp<std::int64_t>(static_cast<std::int64_t>(place.x()), 0, keys.length - 1)};
        return hover;
    }
    // Patches are asked "who looks at you?" when words do the looking, and "where do you look?" when they do it
    // themselves.
    const bool asQuery = hasPatches(queries) && !hasText(queries);
    const TokenAxis& axis = asQuery ? queries : keys;
    if (const std::optional<std::int64_t> patch = patchAt(axis, {place.x(), place.y()}))
        (asQuery ? hover.query : hover.key) = AxisPosition{axis.id, *patch};
    return hover;
}

void StageView::keep(const Hover& place, bool besideOthers)
{
    if (place.query && besideOthers)
        selection().addOrRemoveQuery(*place.query);
    else if (place.query)
        selection().toggleQuery(*place.query);
    if (place.key && !place.query)
        selection().toggleKey(place.key->position);
}

std::optional<QPointF> StageView::keyboardPlace()
{
    const Capture& capture = *selection().capture();
    const MapChoice& map = selection().selection().map;
    const Hover& hover = selection().hover();
    if (isMatrix(map)) {
        if (hover.query && hover.key)
            return QPointF(static_cast<double>(hover.key->position) + 0.5,
                           static_cast<double>(hover.query->position) + 0.5);
        return std::nullopt;
    }
    for (const auto& [position, axis] :
         {std::pair{hover.key, &keyAxisOf(capture, map)}, std::pair{hover.query, &queryAxisOf(capture, map)}})
        if (position && position->axis == axis->id)
            if (const auto rect = patchRect(*axis, position->position))
                return rectFromRectF(*rect).center();
    return std::nullopt;
}

void StageView::step(int columns, int rows)
{
    if (!selection().capture() || selection().selection().group.empty() || m_canvas->scene().pictureSize.isEmpty())
        return;
    const Capture& capture = *selection().capture();
    const QSizeF size = m_canvas->scene().pictureSize;
    QSizeF cell(1, 1);
    for (const TokenAxis* axis :
         {&queryAxisOf(capture, selection().selection().map), &keyAxisOf(capture, selection().selection().map)})
        if (const AxisSegment* patches = isMatrix(selection().selection().map) ? nullptr : axis->patchSegment())
            cell = rectFromRectF(patches->grid.pictureRectFromPatch(0)).size();
    QPointF place(size.width() / 2, size.height() / 2);
    if (const std::optional<QPointF> current = keyboardPlace())
        place = *current + QPointF(columns * cell.width(), rows * cell.height());
    if (QRectF(QPointF(0, 0), size).contains(place))
        selection().setHover(hoverAt(place));
}

} // namespace heedmap
