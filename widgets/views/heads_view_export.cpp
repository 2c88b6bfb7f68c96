// What the head grid hands out.

#include "widgets/context/map_labels.h"
#include "widgets/context/map_numbers.h"
#include "widgets/controls/head_grid_model.h"
#include "widgets/image/grid_figure.h"
#include "widgets/image/map_caption.h"
#include "widgets/views/heads_view.h"

#include <QItemSelectionModel>

namespace heedmap {

std::optional<Figure> HeadsView::figure()
{
    const auto rows = context().rows().shownGroup();
    if (!rows)
        return std::nullopt;
    const ShownMap shown = *selection().shown();
    const Capture& capture = *selection().capture();
    Figure figure = figureOfGrid(*m_model, m_model->cellShape(), HeadGridModel::FullPictureRole,
                                 m_grid->selectionModel()->selectedIndexes());
    MapCaption caption{shown.group, shown.map, {*shown.query}, context().scaleFor({}, keyAxisOf(capture, shown.map))};
    caption.predictingRow = context().options().predictingRow;
    caption.limits = context().options().limits == LimitsMode::PerMap
                         ? tr("each map with its own limits")
                         : limitsText(caption.scale, context().limitsSource());
    figure.caption = mapCaption(capture, caption);
    const HeadGridOrder& order = m_model->order();
    QString arrangement = tr("layers down, heads across");
    if (order.statistic)
        arrangement = tr("ranked by %1 (%2), %3 first")
                          .arg(QString::fromUtf8(order.statistic->title), QString::fromUtf8(order.statistic->unit),
                               order.lowestFirst ? tr("lowest") : tr("highest"));
    figure.caption << (shown.map.set ? tr("%1; the frames are the heads of the set").arg(arrangement)
                                     : tr("%1; the frame is the head named above").arg(arrangement));
    figure.title = figure.caption.front();
    return figure;
}

std::optional<NumberTable> HeadsView::numbers()
{
    const auto rows = context().rows().shownGroup();
    if (!rows)
        return std::nullopt;
    const ShownMap shown = *selection().shown();
    const Capture& capture = *selection().capture();
    std::vector<NumberedRow> heads;
    for (const auto& site : rows->sites)
        for (const int head : capture.site(site->site).headChoices()) {
            const std::span<const float> row = site->shownRow(HeadChoice{head});
            heads.push_back({MapChoice{site->site, HeadChoice{head}, shown.map.first}, *shown.query,
                             std::vector<float>(row.begin(), row.end())});
        }
    return tableOfRows(capture, keyAxisOf(capture, shown.map), {}, heads,
                       context().unitFor(keyAxisOf(capture, shown.map)), context().options().predictingRow);
}

} // namespace heedmap
