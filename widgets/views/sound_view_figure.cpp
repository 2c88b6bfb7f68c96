// What the lane hands out.

#include "widgets/context/map_labels.h"
#include "widgets/context/map_numbers.h"
#include "widgets/controls/sound_canvas.h"
#include "widgets/image/map_caption.h"
#include "widgets/image/sound_figure.h"
#include "widgets/image/time_axis.h"
#include "widgets/views/sound_view.h"

#include <fmt/format.h>

namespace heedmap {

QStringList SoundView::captionLines() const
{
    const Capture& capture = *m_spoken.capture;
    const SoundScene& scene = m_canvas->scene();
    QStringList lines;
    if (const std::optional<ShownMap> shown = m_source->shown(); shown && !m_rows.empty()) {
        MapCaption caption{shown->group, shown->map, {}, m_scale};
        for (const Row& row : m_rows)
            caption.queries.push_back(row.query);
        caption.predictingRow = m_spoken.predictingRow;
        caption.limits = limitsText(m_scale, context().limitsSource());
        lines = mapCaption(capture, caption);
        lines << (m_smooth->isChecked() ? tr("curves smoothed: median of %1 positions").arg(medianWidth())
                                        : tr("curves as they are: one probability for each position"));
    } else {
        lines << tr("%1 · recording").arg(QString::fromStdString(capture.manifest().model.name));
    }
    if (scene.map)
        lines << tr("map over all tokens in limits of its own");
    if (!scene.timesNote.isEmpty())
        lines << scene.timesNote;
    if (scene.chosen)
        lines << spanText();
    return lines;
}

std::optional<Figure> SoundView::figure()
{
    if (!m_spoken.capture || m_canvas->scene().whole.isEmpty())
        return std::nullopt;
    SoundFigure parts;
    parts.scene = m_canvas->scene();
    parts.scene.cursor.reset();
    parts.scene.heldLabel.reset();
    parts.visible = m_canvas->axis().visible();
    if (!m_rows.empty())
        parts.colors = &context().colorMap();
    parts.scale = m_scale;
    parts.caption = captionLines();
    return figureOfSound(std::move(parts));
}

std::optional<NumberTable> SoundView::numbers()
{
    const std::optional<ShownMap> shown = m_spoken.capture ? m_source->shown() : std::nullopt;
    if (!shown || m_rows.empty())
        return std::nullopt;
    const TokenAxis& keys = keyAxisOf(*m_spoken.capture, shown->map);
    std::vector<NumberedRow> rows;
    for (const Row& row : m_rows)
        rows.push_back({shown->map, row.query, row.weights});
    NumberTable table = tableOfRows(*m_spoken.capture, keys, {}, rows, context().unitFor(keys), m_spoken.predictingRow);
    if (const std::optional<TimeSpan>& chosen = m_canvas->scene().chosen)
        table.notes.push_back(fmt::format("marked span: {:.3f} to {:.3f} s", chosen->start, chosen->end));
    return table;
}

} // namespace heedmap
