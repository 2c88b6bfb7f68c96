#include "core/capture/chain_maps.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"
#include "core/capture/sharpest_head.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace heedmap {

namespace {

/// What a map looks at, the most telling first.
enum class Target
{
    Patches,
    Sound,
    Other,
    Text,
    Itself
};

bool hasSegment(const TokenAxis& axis, SegmentKind kind)
{
    return std::ranges::find(axis.segments, kind, &AxisSegment::kind) != axis.segments.end();
}

Target targetOf(const Capture& capture, std::size_t site)
{
    const TokenAxis& keys = capture.keyAxis(site);
    if (keys.id == capture.queryAxis(site).id)
        return Target::Itself;
    if (keys.patchSegment())
        return Target::Patches;
    if (hasSegment(keys, SegmentKind::Frames))
        return Target::Sound;
    return hasSegment(keys, SegmentKind::Text) ? Target::Text : Target::Other;
}

/// The sites of the group that is most telling for an axis; empty when none has it as its queries.
std::vector<std::size_t> mostTellingSites(const Capture& capture, const std::string& axis)
{
    std::vector<std::size_t> best;
    for (const SiteGroup& group : capture.manifest().groups) {
        std::vector<std::size_t> sites;
        for (const std::size_t site : capture.manifest().sitesOfGroup(group.id))
            if (capture.site(site).queryAxis == axis &&
                (sites.empty() || capture.site(site).keyAxis == capture.site(sites.front()).keyAxis))
                sites.push_back(site);
        if (!sites.empty() && (best.empty() || targetOf(capture, sites.front()) < targetOf(capture, best.front())))
            best = std::move(sites);
    }
    return best;
}

std::optional<MapChoice> alignmentMap(const Capture& capture, const std::vector<std::size_t>& sites)
{
    HeadSet set;
    if (!capture.manifest().alignment)
        return std::nullopt;
    for (const Alignment::Head& head : capture.manifest().alignment->heads)
        for (const std::size_t site : sites)
            if (capture.site(site).name == head.site && capture.site(site).holdsHead(head.head))
                set.members.push_back({site, HeadChoice{head.head}});
    if (set.members.empty())
        return std::nullopt;
    MapChoice map{set.members.front().site, set.members.front().head, std::nullopt};
    if (set.members.size() > 1)
        map.set = std::move(set);
    return map;
}

/// A number in the name of a map; absent for anything else.
std::optional<int> numberIn(std::string_view text)
{
    int value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failure == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::vector<std::size_t> sitesOfGroupNamed(const Capture& capture, const std::string& group, const std::string& name)
{
    std::vector<std::string> known;
    for (const SiteGroup& candidate : capture.manifest().groups)
        known.push_back(candidate.id);
    std::vector<std::size_t> sites = capture.manifest().sitesOfGroup(group);
    if (sites.empty())
        throw Error(ErrorKind::InvalidRequest, "the map {} names no group of {}{}", printable(name),
                    capture.path().string(), namesThereAre(group, known));
    return sites;
}

MapChoice headNamed(const Capture& capture, const std::vector<std::size_t>& sites, const std::string& layer,
                    const std::string& head)
{
    const auto site = std::ranges::find_if(
        sites, [&](std::size_t candidate) { return numberIn(layer) == capture.site(candidate).layer; });
    if (site == sites.end())
        throw Error(ErrorKind::InvalidRequest, "there is no layer {} here; layers are {} to {}", printable(layer),
                    capture.site(sites.front()).layer, capture.site(sites.back()).layer);
    if (head == "mean")
        return {*site, HeadChoice::mean(), std::nullopt};
    const std::optional<int> number = numberIn(head);
    if (!number || !capture.site(*site).holdsHead(*number))
        throw Error(ErrorKind::InvalidRequest, "there is no head {} here; layer {} has {} to {}, or say mean",
                    printable(head), capture.site(*site).layer, capture.site(*site).headNumbers().front(),
                    capture.site(*site).headNumbers().back());
    return {*site, HeadChoice{*number}, std::nullopt};
}

} // namespace

std::vector<CapturedText> textsThatLook(const Capture& capture)
{
    std::vector<CapturedText> texts = capturedTexts(capture);
    std::vector<CapturedText> looking;
    for (const CapturedText& text : texts) {
        const std::vector<std::size_t> sites = mostTellingSites(capture, text.axis);
        if (!sites.empty() && targetOf(capture, sites.front()) < Target::Text)
            looking.push_back(text);
    }
    return looking.empty() ? texts : looking;
}

std::vector<CapturedText> textsThatSpeak(const Capture& capture)
{
    std::vector<CapturedText> texts = textsThatLook(capture);
    if (std::optional<CapturedText> whole = heardText(capture); whole && whole->windowCount() > 1)
        texts.push_back(std::move(*whole));
    return texts;
}

MapChoice chainMap(const Capture& capture, const CapturedText& text)
{
    const std::vector<std::size_t> sites = mostTellingSites(capture, text.axis);
    if (sites.empty())
        throw Error(ErrorKind::InvalidRequest, "{} has no map whose queries are the text \"{}\"",
                    capture.path().string(), printable(text.id));
    if (const std::optional<MapChoice> alignment = alignmentMap(capture, sites))
        return *alignment;
    if (const std::optional<SharpestHead> sharpest = sharpestHead(capture, sites))
        return {sharpest->site, HeadChoice{sharpest->head}, std::nullopt};
    return {sites.back(), HeadChoice::mean(), std::nullopt};
}

MapChoice chainMapNamed(const Capture& capture, const std::string& name)
{
    const std::size_t last = name.rfind(':');
    const std::string tail = last == std::string::npos ? std::string() : name.substr(last + 1);
    if (tail == "alignment") {
        const std::string group = name.substr(0, last);
        if (const auto map = alignmentMap(capture, sitesOfGroupNamed(capture, group, name)))
            return *map;
        throw Error(ErrorKind::InvalidRequest, "{} names no heads that tell when a token was spoken in the group {}",
                    capture.path().string(), printable(group));
    }
    const std::size_t middle = last == std::string::npos || last == 0 ? std::string::npos : name.rfind(':', last - 1);
    if (middle == std::string::npos)
        throw Error(ErrorKind::InvalidRequest,
                    "{} names no map: say GROUP:LAYER:HEAD such as {}:0:1, GROUP:LAYER:mean or GROUP:alignment",
                    printable(name),
                    capture.manifest().groups.empty() ? "group" : printable(capture.manifest().groups.front().id));
    return headNamed(capture, sitesOfGroupNamed(capture, name.substr(0, middle), name),
                     name.substr(middle + 1, last - middle - 1), tail);
}

Chain chainBetween(const std::shared_ptr<const Capture>& a, const std::shared_ptr<const Capture>& b)
{
    std::vector<CapturedText> textsOfA = textsThatSpeak(*a);
    std::vector<CapturedText> textsOfB = textsThatLook(*b);
    const auto [inA, inB] = sharedText(textsOfA, textsOfB);
    MapChoice mapOfA = chainMap(*a, textsOfA[inA]);
    MapChoice mapOfB = chainMap(*b, textsOfB[inB]);
    return {{a, std::move(textsOfA[inA]), std::move(mapOfA)}, {b, std::move(textsOfB[inB]), std::move(mapOfB)}};
}

std::string chainMapLabel(const Capture& capture, const MapChoice& map)
{
    const AttentionSite& site = capture.site(map.site);
    std::string title = site.group;
    for (const SiteGroup& group : capture.manifest().groups)
        if (group.id == site.group && !group.title.empty())
            title = group.title;
    if (map.set)
        return fmt::format("{} · {}", title, map.set->label());
    return fmt::format("{} · L{} · {}", title, site.layer,
                       map.head.isMean() ? map.head.label(site.heldHeadCount()) : fmt::format("H{}", map.head.head));
}

} // namespace heedmap
