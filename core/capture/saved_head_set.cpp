#include "core/capture/saved_head_set.h"

#include <algorithm>

namespace heedmap {

SavedHeadSet savedSet(const Capture& capture, const HeadSet& set)
{
    SavedHeadSet saved{set.name, {}, set.reduction};
    for (const SiteHead& member : set.members)
        saved.members.push_back({capture.site(member.site).key(), member.head.head});
    return saved;
}

std::optional<HeadSet> setIn(const Capture& capture, const SavedHeadSet& saved)
{
    HeadSet set{saved.name, {}, saved.reduction};
    const std::vector<AttentionSite>& sites = capture.manifest().sites;
    for (const SavedHeadSet::Member& member : saved.members) {
        const auto site = std::ranges::find(sites, member.site, &AttentionSite::key);
        if (site == sites.end() || (member.head != HeadChoice::kMean && !site->holdsHead(member.head)))
            return std::nullopt;
        set.members.push_back({static_cast<std::size_t>(site - sites.begin()), HeadChoice{member.head}});
        const AttentionSite& front = sites[set.members.front().site];
        if (site->queryAxis != front.queryAxis || site->keyAxis != front.keyAxis)
            return std::nullopt;
    }
    return set.members.empty() ? std::nullopt : std::optional(std::move(set));
}

} // namespace heedmap
