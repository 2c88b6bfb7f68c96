#include "widgets/context/map_navigation.h"

#include "core/capture/saved_head_set.h"
#include "core/capture/sharpest_head.h"
#include "widgets/context/sound_windows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

namespace heedmap {

namespace {

const TokenAxis& keyAxisOfGroup(const Capture& capture, const GroupChoice& group)
{
    return capture.keyAxis(group.sites.front());
}

const std::string& queryAxisIdOfGroup(const Capture& capture, const GroupChoice& group)
{
    return capture.site(group.isComposed() ? group.firstSites.front() : group.sites.front()).queryAxis;
}

/// Of these sites of a group, by layer, those that share the axes of the first one: a view shows them side by side.
std::vector<std::size_t> comparable(const Capture& capture, std::vector<std::size_t> sites)
{
    if (sites.empty())
        return sites;
    std::ranges::stable_sort(sites, {}, [&](std::size_t site) { return capture.site(site).layer; });
    const AttentionSite& front = capture.site(sites.front());
    std::erase_if(sites, [&](std::size_t site) {
        return capture.site(site).queryAxis != front.queryAxis || capture.site(site).keyAxis != front.keyAxis;
    });
    return sites;
}

GroupChoice choiceOf(const SiteGroup& group, std::vector<std::size_t> sites)
{
    return {group.id, group.title.empty() ? group.id : group.title, std::move(sites), {}};
}

/// Absent where a step has no site, or the steps do not meet.
std::optional<GroupChoice> choiceOf(const Capture& capture, const Composition& composition,
                                    std::vector<std::size_t> first, std::vector<std::size_t> second)
{
    if (first.empty() || second.empty() ||
        capture.site(first.front()).keyAxis != capture.site(second.front()).queryAxis)
        return std::nullopt;
    return GroupChoice{composition.id, composition.title.empty() ? composition.id : composition.title,
                       std::move(second), std::move(first)};
}

/// The site of `sites` at (or nearest below) the layer of `like`.
std::size_t siteAtLayer(const Capture& capture, const std::vector<std::size_t>& sites, int layer)
{
    std::size_t best = sites.front();
    for (std::size_t site : sites)
        if (capture.site(site).layer <= layer)
            best = site;
    return best;
}

HeadChoice headWithin(const Capture& capture, std::size_t site, HeadChoice wanted)
{
    return wanted.isMean() || capture.site(site).holdsHead(wanted.head) ? wanted : HeadChoice::mean();
}

MapChoice mapInGroup(const Capture& capture, const MapChoice& current, const GroupChoice& group)
{
    MapChoice map;
    const bool alreadyThere = std::find(group.sites.begin(), group.sites.end(), current.site) != group.sites.end();
    map.site = alreadyThere ? current.site : siteAtLayer(capture, group.sites, capture.site(current.site).layer);
    map.head = headWithin(capture, map.site, current.head);
    if (current.set && holdsSet(group, *current.set))
        map.set = current.set;
    if (group.isComposed())
        map.first = current.isComposed() &&
                            capture.site(current.first->site).group == capture.site(group.firstSites.front()).group
                        ? *current.first
                        : MapChoice::Factor{group.firstSites.back(), HeadChoice::mean()};
    return map;
}

/// Lower is better; the order of preference in mapForQueryAxis.
int distanceTo(const Capture& capture, const GroupChoice& group, const std::string& currentKeyAxis)
{
    const TokenAxis& keys = keyAxisOfGroup(capture, group);
    const int composed = group.isComposed() ? 1 : 0;
    if (keys.id == currentKeyAxis)
        return composed;
    return (hasPatches(keys) || hasSound(keys) ? 2 : 4) + composed;
}

/// Where the kept words of one axis stand on another: at the same place, else at their first place there that is not
/// taken. Words that do not come again are left out.
std::vector<std::int64_t> carriedQueries(const TokenAxis& previous, const std::vector<std::int64_t>& queries,
                                         const TokenAxis& next)
{
    std::vector<std::int64_t> carried;
    const auto fits = [&](std::int64_t position, const std::string& wanted) {
        return position < next.length && next.storedQueries.contains(position) && next.label(position) == wanted &&
               std::find(carried.begin(), carried.end(), position) == carried.end();
    };
    for (std::int64_t query : queries) {
        const std::string wanted = previous.label(query);
        std::int64_t position = fits(query, wanted) ? query : 0;
        while (position < next.length && !fits(position, wanted))
            ++position;
        if (position < next.length)
            carried.push_back(position);
    }
    return carried;
}

/// The head of the site of the same name in another run.
std::optional<SiteHead> carriedHead(const Capture& previous, const SiteHead& head, const Capture& next)
{
    const std::vector<AttentionSite>& sites = next.manifest().sites;
    for (std::size_t site = 0; site < sites.size(); ++site)
        if (sites[site].key() == previous.site(head.site).key() &&
            (head.head.isMean() || sites[site].holdsHead(head.head.head)))
            return SiteHead{site, head.head};
    return std::nullopt;
}

/// The group somebody most likely wants to see first.
int firstRank(const Capture& capture, const GroupChoice& group)
{
    const TokenAxis& queries = capture.manifest().axis(queryAxisIdOfGroup(capture, group));
    const TokenAxis& keys = keyAxisOfGroup(capture, group);
    return (hasPatches(keys) || hasSound(keys) ? 0 : 4) + (hasText(queries) ? 0 : 2) + (group.isComposed() ? 1 : 0);
}

} // namespace

// Of hours of speech there are thousands of groups, and a hover asks for them: the sites are gone through once.
std::vector<GroupChoice> groupChoices(const Capture& capture)
{
    const Manifest& manifest = capture.manifest();
    std::map<std::string_view, std::vector<std::size_t>> sites;
    for (std::size_t site = 0; site < manifest.sites.size(); ++site)
        sites[manifest.sites[site].group].push_back(site);
    for (auto& [group, members] : sites)
        members = comparable(capture, std::move(members));
    std::vector<GroupChoice> choices;
    for (const SiteGroup& group : manifest.groups)
        if (const auto found = sites.find(group.id); found != sites.end())
            choices.push_back(choiceOf(group, found->second));
    for (const Composition& composition : manifest.compositions)
        if (auto choice = choiceOf(capture, composition, sites[composition.firstGroup], sites[composition.secondGroup]))
            choices.push_back(std::move(*choice));
    return choices;
}

std::optional<GroupChoice> groupChoice(const Capture& capture, const std::string& id)
{
    const Manifest& manifest = capture.manifest();
    const auto sitesOf = [&](const std::string& group) { return comparable(capture, manifest.sitesOfGroup(group)); };
    for (const SiteGroup& group : manifest.groups)
        if (group.id == id)
            if (std::vector<std::size_t> sites = sitesOf(id); !sites.empty())
                return choiceOf(group, std::move(sites));
    for (const Composition& composition : manifest.compositions)
        if (composition.id == id)
            if (auto choice =
                    choiceOf(capture, composition, sitesOf(composition.firstGroup), sitesOf(composition.secondGroup)))
                return choice;
    return std::nullopt;
}

Selection initialSelection(const Capture& capture)
{
    const std::vector<GroupChoice> choices = groupChoices(capture);
    Selection selection;
    if (choices.empty())
        return selection;
    const GroupChoice& group = *std::min_element(choices.begin(), choices.end(), [&](const auto& a, const auto& b) {
        return firstRank(capture, a) < firstRank(capture, b);
    });
    selection.group = group.id;
    selection.map.site = group.sites.back();
    selection.map.head = HeadChoice::mean();
    if (group.isComposed()) {
        selection.map.first = MapChoice::Factor{group.firstSites.back(), HeadChoice::mean()};
        const TokenAxis& axis = capture.queryAxis(group.firstSites.back());
        selection.queries = {axis.storedQueries.numbers(axis.length).front()};
        return selection;
    }
    if (const std::optional<SharpestHead> sharpest = sharpestHead(capture, group.sites)) {
        selection.map.site = sharpest->site;
        selection.map.head = HeadChoice{sharpest->head};
        selection.queries = {sharpest->query};
    }
    return selection;
}

Selection carriedSelection(const Capture& previous, const Selection& selection, const Capture& next,
                           const Selection& fresh)
{
    if (selection.group.empty() || !groupChoice(next, selection.group))
        return fresh;
    const auto map = carriedHead(previous, {selection.map.site, selection.map.head}, next);
    const auto first = selection.map.first ? carriedHead(previous, *selection.map.first, next) : std::nullopt;
    if (!map || first.has_value() != selection.map.isComposed())
        return fresh;
    Selection result;
    result.group = selection.group;
    result.map = MapChoice{map->site, map->head, first};
    if (selection.map.set)
        result.map.set = setIn(next, savedSet(previous, *selection.map.set));
    const TokenAxis& axis = queryAxisOf(next, result.map);
    if (axis.id == queryAxisOf(next, fresh.map).id)
        result.queries = fresh.queries;
    if (std::vector<std::int64_t> kept = carriedQueries(queryAxisOf(previous, selection.map), selection.queries, axis);
        !kept.empty())
        result.queries = std::move(kept);
    return result;
}

Selection selectionForGroup(const Capture& capture, const Selection& current, const GroupChoice& group)
{
    Selection selection;
    selection.group = group.id;
    selection.map = mapInGroup(capture, current.map, group);
    if (queryAxisOf(capture, current.map).id == queryAxisIdOfGroup(capture, group))
        selection.queries = current.queries;
    if (keyAxisOf(capture, current.map).id == keyAxisOfGroup(capture, group).id)
        selection.key = current.key;
    return selection;
}

std::optional<ShownMap> mapForQueryAxis(const Capture& capture, const ShownMap& current, const std::string& axis)
{
    if (queryAxisOf(capture, current.map).id == axis)
        return current;
    const std::string& currentKeyAxis = keyAxisOf(capture, current.map).id;
    const std::vector<GroupChoice> choices = groupChoices(capture);
    const GroupChoice* best = nullptr;
    for (const GroupChoice& choice : choices)
        if (queryAxisIdOfGroup(capture, choice) == axis &&
            (!best || distanceTo(capture, choice, currentKeyAxis) < distanceTo(capture, *best, currentKeyAxis)))
            best = &choice;
    if (!best)
        return std::nullopt;
    return ShownMap{best->id, mapInGroup(capture, current.map, *best), std::nullopt};
}

std::vector<const AxisSegment*> patchSegments(const TokenAxis& axis)
{
    std::vector<const AxisSegment*> segments;
    const AxisSegment* first = axis.patchSegment();
    for (const AxisSegment& segment : axis.segments)
        if (first && segment.kind == SegmentKind::PatchGrid && segment.input == first->input)
            segments.push_back(&segment);
    return segments;
}

std::optional<std::int64_t> patchAt(const TokenAxis& axis, PointF picturePosition)
{
    for (const AxisSegment* segment : patchSegments(axis))
        if (const std::optional<int> patch = segment->grid.patchFromPicture(picturePosition))
            return segment->begin + *patch;
    return std::nullopt;
}

std::optional<RectF> patchRect(const TokenAxis& axis, std::int64_t position)
{
    if (position < 0 || position >= axis.length)
        return std::nullopt;
    const AxisSegment& segment = axis.segmentAt(position);
    if (segment.kind != SegmentKind::PatchGrid)
        return std::nullopt;
    return segment.grid.pictureRectFromPatch(static_cast<int>(position - segment.begin));
}

std::optional<std::pair<int, int>> patchRowColumn(const TokenAxis& axis, std::int64_t position)
{
    if (!patchRect(axis, position))
        return std::nullopt;
    const AxisSegment& segment = axis.segmentAt(position);
    const std::int64_t inFrame =
        (position - segment.begin) % (static_cast<std::int64_t>(segment.grid.rows) * segment.grid.columns);
    return std::pair{static_cast<int>(inFrame / segment.grid.columns),
                     static_cast<int>(inFrame % segment.grid.columns)};
}

bool hasPatches(const TokenAxis& axis)
{
    return axis.patchSegment() != nullptr;
}

bool hasText(const TokenAxis& axis)
{
    return std::any_of(axis.segments.begin(), axis.segments.end(),
                       [](const AxisSegment& segment) { return segment.kind == SegmentKind::Text; });
}

bool holdsSet(const GroupChoice& group, const HeadSet& set)
{
    return std::ranges::all_of(set.members, [&](const SiteHead& member) {
        return std::ranges::find(group.sites, member.site) != group.sites.end();
    });
}

std::string headLabel(const Capture& capture, std::size_t site, HeadChoice head)
{
    const AttentionSite& attention = capture.site(site);
    const int layer = attention.layer;
    if (head.isMean() && !attention.storedHeads.areAll())
        return fmt::format("L{} · mean of {} stored", layer, attention.heldHeadCount());
    return head.isMean() ? fmt::format("L{} · mean", layer) : fmt::format("L{} · H{}", layer, head.head);
}

} // namespace heedmap
