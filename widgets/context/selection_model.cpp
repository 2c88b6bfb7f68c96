#include "widgets/context/selection_model.h"

#include "widgets/context/map_labels.h"

#include <algorithm>
#include <tuple>

namespace heedmap {

namespace {

bool isHeld(const Capture& capture, const AxisPosition& query)
{
    const auto axis = capture.manifest().axes.find(query.axis);
    return axis == capture.manifest().axes.end() || axis->second.storedQueries.contains(query.position);
}

SiteHead heldHead(const Capture& capture, const SiteHead& head)
{
    return head.head.isMean() || capture.site(head.site).storedHeads.contains(head.head.head)
               ? head
               : SiteHead{head.site, HeadChoice::mean()};
}

/// What is left of a selection that may have been made on a capture that held more.
Selection heldPart(const Capture* capture, Selection selection)
{
    if (!capture || selection.group.empty())
        return selection;
    MapChoice& map = selection.map;
    map.head = heldHead(*capture, {map.site, map.head}).head;
    if (map.first)
        map.first = heldHead(*capture, *map.first);
    if (map.set) {
        std::erase_if(map.set->members, [&](const SiteHead& member) { return heldHead(*capture, member) != member; });
        if (map.set->members.empty())
            map.set.reset();
        else if (!map.set->contains({map.site, map.head}))
            map.site = map.set->members.back().site, map.head = map.set->members.back().head;
    }
    const StoredIndices& rows = queryAxisOf(*capture, map).storedQueries;
    std::erase_if(selection.queries, [&](std::int64_t query) { return !rows.contains(query); });
    return selection;
}

QString notStored(const Capture& capture, const AxisPosition& query)
{
    const TokenAxis& axis = capture.manifest().axis(query.axis);
    return SelectionModel::tr("The row of %1 is not stored in this capture, which holds %2 of the %3 of “%4”.")
        .arg(positionLabel(axis, query.position))
        .arg(axis.storedQueries.count(axis.length))
        .arg(axis.length)
        .arg(QString::fromStdString(axis.id));
}

} // namespace

void SelectionModel::setCapture(std::shared_ptr<const Capture> capture, const Selection& selection)
{
    m_capture = std::move(capture);
    m_selection = heldPart(m_capture.get(), selection);
    m_hover = {};
    emit captureChanged();
}

void SelectionModel::setSelection(const Selection& wanted)
{
    const Selection selection = heldPart(m_capture.get(), wanted);
    if (selection == m_selection)
        return;
    const Selection previous = std::exchange(m_selection, selection);
    emit selectionChanged(previous);
}

void SelectionModel::setHover(const Hover& hover)
{
    if (hover == m_hover)
        return;
    m_hover = hover;
    emit hoverChanged();
}

void SelectionModel::setPicture(const QImage& picture)
{
    if (picture.cacheKey() == m_picture.cacheKey())
        return;
    m_picture = picture;
    emit pictureChanged();
}

void SelectionModel::setRecording(std::shared_ptr<const Recording> recording)
{
    if (recording == m_recording)
        return;
    m_recording = std::move(recording);
    emit recordingChanged();
}

void SelectionModel::setSpeech(std::shared_ptr<const Capture> speech, std::shared_ptr<const Chain> openedChain)
{
    if (speech == m_speech && openedChain == m_openedChain)
        return;
    m_speech = std::move(speech);
    m_openedChain = std::move(openedChain);
    emit speechChanged();
}

void SelectionModel::setHeadSets(const std::vector<SavedHeadSet>& sets)
{
    if (sets == m_headSets)
        return;
    m_headSets = sets;
    emit headSetsChanged();
}

bool SelectionModel::checkHeld(const AxisPosition& query)
{
    if (!m_capture || isHeld(*m_capture, query))
        return true;
    emit refused(notStored(*m_capture, query));
    return false;
}

QString SelectionModel::reasonForNoRow() const
{
    return m_capture && m_hover.query && !isHeld(*m_capture, *m_hover.query) ? notStored(*m_capture, *m_hover.query)
                                                                             : QString();
}

void SelectionModel::toggleQuery(const AxisPosition& query)
{
    if (!checkHeld(query))
        return;
    std::optional<Selection> next = selectionOnAxis(query.axis);
    if (!next)
        return;
    const std::vector<std::int64_t> alone{query.position};
    next->queries = next->queries == alone ? std::vector<std::int64_t>() : alone;
    setSelection(*next);
}

void SelectionModel::addOrRemoveQuery(const AxisPosition& query)
{
    if (!checkHeld(query))
        return;
    std::optional<Selection> next = selectionOnAxis(query.axis);
    if (!next)
        return;
    if (std::erase(next->queries, query.position) == 0) {
        if (next->queries.size() == kMostKeptQueries) {
            emit refused(tr("%1 tokens are kept already, and there are no more colours: let go of one first "
                            "(Ctrl+click on it).")
                             .arg(kMostKeptQueries));
            return;
        }
        next->queries.push_back(query.position);
    }
    setSelection(*next);
}

/// The selection moved to a map whose query axis is `axis`; kept tokens of another axis are not on it any more.
std::optional<Selection> SelectionModel::selectionOnAxis(const std::string& axis) const
{
    if (!m_capture || m_selection.group.empty())
        return std::nullopt;
    const ShownMap current{m_selection.group, m_selection.map, m_selection.query()};
    const std::optional<ShownMap> target = mapForQueryAxis(*m_capture, current, axis);
    if (!target)
        return std::nullopt;
    Selection next = m_selection;
    if (keyAxisOf(*m_capture, target->map).id != keyAxisOf(*m_capture, m_selection.map).id)
        next.key.reset();
    if (queryAxisOf(*m_capture, m_selection.map).id != axis)
        next.queries.clear();
    next.group = target->group;
    next.map = target->map;
    return next;
}

void SelectionModel::keepQuery(const AxisPosition& query)
{
    if (!checkHeld(query))
        return;
    std::optional<Selection> next = selectionOnAxis(query.axis);
    if (!next)
        return;
    next->queries = {query.position};
    setSelection(*next);
}

void SelectionModel::toggleKey(std::int64_t key)
{
    Selection next = m_selection;
    next.key = m_selection.key == key ? std::nullopt : std::optional(key);
    setSelection(next);
}

void SelectionModel::release()
{
    Selection next = m_selection;
    next.queries.clear();
    next.key.reset();
    setSelection(next);
}

void SelectionModel::selectGroup(const std::string& group)
{
    if (!m_capture || group == m_selection.group)
        return;
    if (const std::optional<GroupChoice> choice = groupChoice(*m_capture, group))
        setSelection(selectionForGroup(*m_capture, m_selection, *choice));
}

/// A head picked while another group is only hovered makes that group the selected one: what one sees is what one gets.
Selection SelectionModel::selectionOfShownGroup(const ShownMap& shown) const
{
    Selection next = m_selection;
    if (shown.group != next.group) {
        next.group = shown.group;
        next.queries.clear();
        if (shown.query)
            next.queries.push_back(*shown.query);
        next.key.reset();
    }
    next.map = shown.map;
    return next;
}

void SelectionModel::selectHead(std::size_t site, HeadChoice head)
{
    const std::optional<ShownMap> map = shown();
    if (!map)
        return;
    Selection next = selectionOfShownGroup(*map);
    next.map = next.map.with({site, head});
    setSelection(next);
}

void SelectionModel::selectSet(const HeadSet& set)
{
    const std::optional<ShownMap> map = shown();
    if (!map || set.members.empty())
        return;
    Selection next = selectionOfShownGroup(*map);
    const std::optional<GroupChoice> group = groupChoice(*m_capture, next.group);
    if (!group || !holdsSet(*group, set)) {
        const std::vector<GroupChoice> groups = groupChoices(*m_capture);
        const auto other = std::ranges::find_if(groups, [&](const GroupChoice& g) { return holdsSet(g, set); });
        if (other == groups.end())
            return;
        next = selectionForGroup(*m_capture, next, *other);
    }
    if (!set.contains({next.map.site, next.map.head}))
        next.map = next.map.with(set.members.back());
    next.map.set = set;
    setSelection(next);
}

void SelectionModel::selectHeads(std::vector<SiteHead> heads, Reduction reduction)
{
    if (heads.size() > 1)
        std::erase_if(heads, [](const SiteHead& head) { return head.head.isMean(); });
    std::ranges::sort(heads, {}, [this](const SiteHead& head) {
        return std::tuple(m_capture->site(head.site).layer, head.site, head.head.head);
    });
    if (heads.size() > 1)
        selectSet({{}, heads, reduction});
    else if (heads.size() == 1)
        selectHead(heads.front().site, heads.front().head);
}

void SelectionModel::selectFirstFactor(const MapChoice::Factor& first)
{
    Selection next = m_selection;
    if (!next.map.isComposed())
        return;
    next.map.first = first;
    setSelection(next);
}

std::optional<ShownMap> SelectionModel::shown() const
{
    if (!m_capture || m_selection.group.empty())
        return std::nullopt;
    const ShownMap kept{m_selection.group, m_selection.map, m_selection.query()};
    if (!m_hover.query || !isHeld(*m_capture, *m_hover.query))
        return kept;
    std::optional<ShownMap> hovered = mapForQueryAxis(*m_capture, kept, m_hover.query->axis);
    if (!hovered)
        return kept;
    hovered->query = m_hover.query->position;
    return hovered;
}

std::optional<std::int64_t> SelectionModel::shownKey() const
{
    const std::optional<ShownMap> map = shown();
    if (!map)
        return std::nullopt;
    const std::string& keyAxis = keyAxisOf(*m_capture, map->map).id;
    if (m_hover.key && m_hover.key->axis == keyAxis)
        return m_hover.key->position;
    if (m_selection.key && keyAxisOf(*m_capture, m_selection.map).id == keyAxis)
        return m_selection.key;
    return std::nullopt;
}

} // namespace heedmap
