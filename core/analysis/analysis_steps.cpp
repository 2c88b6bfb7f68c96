#include "core/analysis/analysis_steps.h"

#include "core/analysis/head_maps.h"
#include "core/base/error.h"
#include "core/base/utf8.h"

#include <algorithm>

namespace heedmap {

AnalysisResult emptyMap(const Capture& capture, const MapChoice& map)
{
    AnalysisResult result;
    result.queryAxis = queryAxisOf(capture, map).id;
    result.keyAxis = keyAxisOf(capture, map).id;
    return result;
}

std::size_t mapSize(const Capture& capture, const MapChoice& map)
{
    const std::int64_t queries = queryAxisOf(capture, map).length;
    const std::int64_t keys = keyAxisOf(capture, map).length;
    if (queries > kMostAnalysisValues / std::max<std::int64_t>(keys, 1))
        throw Error(ErrorKind::TooLarge, "a map of {} × {} values is more than an analysis takes; up to {} it does",
                    queries, keys, kMostAnalysisValues);
    return static_cast<std::size_t>(queries * keys);
}

Reduction reductionOf(const MapChoice& map)
{
    return map.set ? map.set->reduction : Reduction::Mean;
}

std::optional<AnalysisObstacle> composedObstacle(const Capture& capture, const AnalysisScope& scope)
{
    if (!scope.map.isComposed())
        return std::nullopt;
    const std::string first = capture.site(scope.map.first->site).group;
    const std::string second = capture.site(scope.map.site).group;
    return AnalysisObstacle{"This is defined for the model's own maps; a composed map is none.",
                            fmt::format("Choose {} or {}.", groupName(capture, first), groupName(capture, second))};
}

std::string groupName(const Capture& capture, const std::string& id)
{
    for (const SiteGroup& group : capture.manifest().groups)
        if (group.id == id)
            return fmt::format("“{}” ({})", printable(group.title), printable(id));
    return printable(id);
}

std::string groupsToChoose(const Capture& capture, bool (*fits)(const AttentionSite& site))
{
    std::vector<std::string> names;
    for (const SiteGroup& group : capture.manifest().groups) {
        const std::vector<std::size_t> sites = capture.manifest().sitesOfGroup(group.id);
        if (!sites.empty() && std::ranges::all_of(sites, [&](std::size_t site) { return fits(capture.site(site)); }))
            names.push_back(groupName(capture, group.id));
    }
    return names.empty() ? std::string() : fmt::format("Choose {}.", fmt::join(names, " or "));
}

} // namespace heedmap
