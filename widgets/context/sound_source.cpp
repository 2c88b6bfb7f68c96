#include "widgets/context/sound_source.h"

namespace heedmap {

std::shared_ptr<const Capture> SelectedSound::capture() const
{
    return selection().capture();
}

std::shared_ptr<const Recording> SelectedSound::recording() const
{
    return selection().recording();
}

std::optional<ShownMap> SelectedSound::shown() const
{
    return selection().shown();
}

MapChoice SelectedSound::mapOf(const SoundWindow& window, const ShownMap& shown) const
{
    const Capture& capture = *selection().capture();
    if (queryAxisOf(capture, shown.map).id == window.words && keyAxisOf(capture, shown.map).id == window.sound)
        return shown.map;
    return selectionForGroup(capture, selection().selection(), window.choice).map;
}

std::vector<AxisPosition> SelectedSound::kept() const
{
    std::vector<AxisPosition> places;
    const Selection& kept = selection().selection();
    for (const std::int64_t query : kept.queries)
        places.push_back({queryAxisOf(*selection().capture(), kept.map).id, query});
    return places;
}

std::optional<AxisPosition> SelectedSound::hoveredQuery() const
{
    return selection().hover().query;
}

std::optional<AxisPosition> SelectedSound::moment() const
{
    const auto& capture = selection().capture();
    const auto isSound = [&](const std::string& id) {
        const auto axis = capture->manifest().axes.find(id);
        return axis != capture->manifest().axes.end() && hasSound(axis->second);
    };
    const Hover& hover = selection().hover();
    if (hover.key && isSound(hover.key->axis))
        return hover.key;
    const Selection& kept = selection().selection();
    if (kept.key && !hover.key && !kept.group.empty())
        if (const std::string& axis = keyAxisOf(*capture, kept.map).id; isSound(axis))
            return AxisPosition{axis, *kept.key};
    return std::nullopt;
}

std::vector<float> SelectedSound::row(const MapChoice& map, std::int64_t query)
{
    return m_context.rows().row(map, query);
}

std::vector<float> SelectedSound::column(const MapChoice& map, std::int64_t key)
{
    return m_context.rows().column(map, key);
}

std::shared_ptr<const GroupRows> SelectedSound::heads()
{
    if (auto rows = m_context.rows().shownGroup())
        return rows;
    return m_context.rows().arrivingGroup();
}

ValueScale SelectedSound::scale(std::span<const float> row, const TokenAxis& keys)
{
    return m_context.scaleFor(row, keys);
}

void SelectedSound::hover(const Hover& place)
{
    selection().setHover(place);
}

void SelectedSound::toggleToken(const AxisPosition& query, bool besideOthers)
{
    if (besideOthers)
        selection().addOrRemoveQuery(query);
    else
        selection().toggleQuery(query);
}

void SelectedSound::toggleMoment(const AxisPosition& place, const SoundWindow& window)
{
    const Selection& kept = selection().selection();
    if (kept.group.empty())
        return;
    if (keyAxisOf(*selection().capture(), kept.map).id != place.axis)
        selection().selectGroup(window.group);
    if (keyAxisOf(*selection().capture(), selection().selection().map).id == place.axis)
        selection().toggleKey(place.position);
}

void SelectedSound::selectHead(const SiteHead& head)
{
    selection().selectHead(head.site, head.head);
}

} // namespace heedmap
