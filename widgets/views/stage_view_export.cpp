// What the stage hands out.

#include "widgets/context/group_rows.h"
#include "widgets/context/map_labels.h"
#include "widgets/context/map_numbers.h"
#include "widgets/controls/color_bar.h"
#include "widgets/controls/mass_bar.h"
#include "widgets/controls/stage_canvas.h"
#include "widgets/image/map_caption.h"
#include "widgets/image/patch_grid_painter.h"
#include "widgets/image/stage_figure.h"
#include "widgets/views/stage_view.h"

namespace heedmap {

namespace {

constexpr int kFigureWidth = 720;

} // namespace

std::optional<Figure> StageView::figure()
{
    const std::optional<ShownMap> shown = selection().shown();
    const TokenAxis* patches = patchAxisOf(shown);
    const bool grid = m_grid->isChecked() && patches && !m_canvas->scene().pictureSize.isEmpty();
    if (grid)
        return gridFigure(*patches);
    if (!shown || m_canvas->scene().layers.empty())
        return std::nullopt;
    const Capture& capture = *selection().capture();
    const bool blended = !isMatrix(shown->map) && readKept();
    StageFigure parts;
    parts.scene = m_canvas->scene();
    if (!isMatrix(shown->map)) // what the run on screen did, whatever is wanted next
        for (const TokenAxis* axis : {&queryAxisOf(capture, shown->map), &keyAxisOf(capture, shown->map)})
            if (parts.scene.hidden.empty())
                parts.scene.hidden = hiddenPatches(*axis, capture.manifest().interventions);
    parts.marks = marksOf(*shown);
    parts.scale = m_colorBar->scale();
    parts.colors = &context().colorMap();
    MapCaption caption{shown->group, shown->map, {}, parts.scale};
    caption.predictingRow = context().options().predictingRow;
    const LimitsSource source = context().limitsSource();
    caption.limits = limitsText(
        parts.scale, isMatrix(shown->map) && source == LimitsSource::AllHeads ? LimitsSource::ThisMap : source);
    caption.interpolated = context().options().interpolated;
    const TokenAxis& keys = keyAxisOf(capture, shown->map);
    if (isMatrix(shown->map)) {
        parts.rowLabels = axisLabels(queryAxisOf(capture, shown->map));
        parts.columnLabels = axisLabels(keys);
    } else if (blended) {
        caption.queries = selection().selection().queries;
        parts.tokens = legendOf(m_kept, keys, parts.scale, selection().shownKey());
    } else {
        caption.queries = {*shown->query};
        parts.offPicture = m_massBar->mass();
    }
    parts.caption = mapCaption(capture, caption);
    if (const auto key = selection().shownKey())
        parts.caption << tr("outlined: %1").arg(positionLabel(keys, *key));
    parts.title = parts.caption.front();
    return figureOfStage(std::move(parts), kFigureWidth);
}

Figure StageView::gridFigure(const TokenAxis& axis) const
{
    StageFigure parts;
    parts.scene = m_canvas->scene();
    const QRectF picture(QPointF(0, 0), parts.scene.pictureSize);
    parts.overlay = [axis, picture](QPainter& painter, const QTransform& transform, const FigureStyle&) {
        paintPatchGrid(painter, axis, picture, transform);
    };
    parts.caption << tr("patches of %1").arg(QString::fromStdString(selection().capture()->manifest().model.name));
    parts.caption << patchChain(axis, picture.size());
    parts.title = parts.caption.front();
    return figureOfStage(std::move(parts), kFigureWidth);
}

std::optional<NumberTable> StageView::numbers()
{
    const std::optional<ShownMap> shown = selection().shown();
    const bool hasRow = shown && (isMatrix(shown->map) || !m_row.empty());
    if (!hasRow)
        return std::nullopt;
    const Capture& capture = *selection().capture();
    const TokenAxis& keys = keyAxisOf(capture, shown->map);
    std::vector<NumberedRow> rows;
    if (isMatrix(shown->map)) {
        const std::vector<float> weights = context().rows().wholeMap(shown->map, kMostMatrixWeights);
        const TokenAxis& queries = queryAxisOf(capture, shown->map);
        for (const std::int64_t query : queries.storedQueries.numbers(weights.empty() ? 0 : queries.length)) {
            const auto row = weights.begin() + query * keys.length;
            rows.push_back({shown->map, query, std::vector<float>(row, row + keys.length)});
        }
    } else if (readKept()) {
        for (std::size_t i = 0; i < m_kept.rows.size(); ++i)
            rows.push_back({shown->map, selection().selection().queries[i], m_kept.rows[i]});
    } else {
        rows.push_back({shown->map, *shown->query, m_row});
    }
    return tableOfRows(capture, keys, {}, rows, context().unitFor(keys), context().options().predictingRow);
}

} // namespace heedmap
