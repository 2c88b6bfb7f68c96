// What the plots of the modes show: a mode, or a row and what the kept modes make of it.

#include "widgets/context/map_labels.h"
#include "widgets/context/mode_sides.h"
#include "widgets/controls/mode_side_plot.h"
#include "widgets/controls/spectrum_plot.h"
#include "widgets/image/mode_figure.h"
#include "widgets/views/svd_modes_view.h"

#include <cmath>

namespace heedmap {

/// The row that is rebuilt: of the token in question, else of the mode's strongest one.
std::int64_t SvdModesView::rowInQuestion() const
{
    const MapModes& modes = *shownModes();
    const MapChoice& map = selection().selection().map;
    std::size_t part = 0;
    for (std::size_t i = 0; i < modes.map.parts.size(); ++i)
        if (modes.map.parts[i].site == map.site && modes.map.parts[i].head == map.head)
            part = i;
    const std::optional<ShownMap> shown = selection().shown();
    const std::string& axis = queryAxisOf(*selection().capture(), modes.map.parts.front()).id;
    std::int64_t query = querySideOf(*selection().capture(), modes, *chosenSubspace()).strongest.front().position;
    if (shown && shown->query && queryAxisOf(*selection().capture(), shown->map).id == axis)
        query = *shown->query;
    return static_cast<std::int64_t>(part) * modes.map.queries + query;
}

void SvdModesView::showPlots()
{
    const ModeSubspace* subspace = chosenSubspace();
    Shown wanted{m_result, m_chosen, -1, 0, selection().picture().cacheKey()};
    if (subspace && m_rebuilt->isChecked()) {
        wanted.kept = keptModes();
        wanted.row = rowInQuestion();
    }
    if (wanted != m_shown) {
        m_shown = wanted;
        m_spectrum->setModes(m_result, m_chosen);
        if (m_fadedKey != wanted.picture) {
            m_faded = fadedPicture(selection().picture());
            m_fadedKey = wanted.picture;
        }
        if (!subspace) {
            m_left->setScene(std::nullopt);
            m_right->setScene(std::nullopt);
        } else if (wanted.kept >= 0)
            showRebuilt();
        else
            showMode();
    }
    showMarks();
}

void SvdModesView::showMode()
{
    const Capture& capture = *selection().capture();
    const MapModes& modes = *shownModes();
    const ModeSubspace& subspace = *chosenSubspace();
    const TokenAxis& queries = queryAxisOf(capture, modes.map.parts.front());
    const TokenAxis& keys = keyAxisOf(capture, modes.map.parts.front());
    m_left->setScene(modeSideScene(tr("queries"), querySideOf(capture, modes, subspace), queries, m_faded,
                                   modePictureSize(capture, queries)));
    m_right->setScene(
        modeSideScene(tr("keys"), keySideOf(capture, modes, subspace), keys, m_faded, modePictureSize(capture, keys)));
}

void SvdModesView::showRebuilt()
{
    const Capture& capture = *selection().capture();
    const MapModes& modes = *shownModes();
    const std::int64_t query = modes.map.queryOf(m_shown.row);
    const MapChoice& part = modes.map.partOf(m_shown.row);
    const TokenAxis& keys = keyAxisOf(capture, part);
    const std::vector<float> recorded = context().rows().row(part, query);
    if (recorded.empty()) { // being read; arrived() comes with it
        m_left->setScene(std::nullopt);
        m_right->setScene(std::nullopt);
        m_shown = {};
        return;
    }
    Eigen::VectorXd original(modes.map.columns());
    for (std::int64_t column = 0; column < modes.map.columns(); ++column) {
        const float weight = recorded[static_cast<std::size_t>(modes.map.keys[static_cast<std::size_t>(column)])];
        original[column] = std::isfinite(weight) ? weight : 0;
    }
    const QString token =
        queryName(capture, queryAxisOf(capture, part).id, query, context().options().predictingRow).token;
    const ModeSide before = sideOfKeys(capture, modes.map, original, true);
    const ModeSide after = sideOfKeys(capture, modes.map, modes.modes.rebuiltRow(m_shown.row, m_shown.kept), true);
    const QSizeF size = modePictureSize(capture, keys);
    m_left->setScene(
        modeSideScene(tr("row of %1, %2").arg(token, mapLabel(capture, part)), before, keys, m_faded, size));
    m_right->setScene(
        modeSideScene(tr("rebuilt from %1 modes").arg(m_shown.kept), after, keys, m_faded, size, before.limit));
}

/// What is looked at is outlined here too.
void SvdModesView::showMarks()
{
    std::vector<std::int64_t> keys;
    if (const auto key = selection().shownKey())
        keys = {*key};
    m_right->setMarked(keys);
    if (m_shown.kept >= 0)
        return m_left->setMarked(keys);
    std::vector<std::int64_t> queries = selection().selection().queries;
    if (const std::optional<ShownMap> shown = selection().shown(); shown && selection().hover().query && shown->query)
        queries.push_back(*shown->query);
    m_left->setMarked(queries);
}

} // namespace heedmap
