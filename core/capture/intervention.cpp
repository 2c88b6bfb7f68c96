#include "core/capture/intervention.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/manifest_json.h"

#include <algorithm>

namespace heedmap {

using namespace manifest_json;

namespace {

constexpr std::size_t kMostNamed = 4; ///< words a label spells out

HideKeys hideFromJson(const Json& json, const std::string& where)
{
    HideKeys hide;
    hide.axis = idFromJson(json, "axis", where);
    const Json& positions = jsonArray(json, "positions", where);
    if (positions.empty() || positions.size() > static_cast<std::size_t>(kMaxAxisLength))
        throw Error(ErrorKind::InvalidFile, "{} has {} positions; it takes 1 to {}", where, positions.size(),
                    kMaxAxisLength);
    for (const Json& position : positions) {
        if (!position.is_number_integer() || position < 0 || position >= kMaxAxisLength)
            throw Error(ErrorKind::InvalidFile, "{} has the position {}, which is no integer from 0 to {}", where,
                        printable(position.dump()), kMaxAxisLength - 1);
        hide.positions.push_back(position.get<std::int64_t>());
    }
    std::ranges::sort(hide.positions);
    const auto repeated = std::ranges::unique(hide.positions);
    hide.positions.erase(repeated.begin(), repeated.end());
    return hide;
}

Intervention interventionFromJson(const Json& json, const std::string& where)
{
    const std::string kind = jsonString(json, "kind", where);
    if (kind == "mute_head")
        return MuteHead{idFromJson(json, "site", where),
                        static_cast<int>(jsonInteger(json, "head", where, 0, kMaxHeads - 1))};
    if (kind == "hide_keys")
        return hideFromJson(json, where);
    throwUnknownKind(kind, where);
}

struct ToJson
{
    Json operator()(const MuteHead& mute) const
    {
        return {{"kind", "mute_head"}, {"site", mute.site}, {"head", mute.head}};
    }
    Json operator()(const HideKeys& hide) const
    {
        return {{"kind", "hide_keys"}, {"axis", hide.axis}, {"positions", hide.positions}};
    }
};

bool allIn(SegmentKind kind, const TokenAxis& axis, const std::vector<std::int64_t>& positions)
{
    return std::ranges::all_of(positions, [&](std::int64_t position) {
        return position >= 0 && position < axis.length && axis.segmentAt(position).kind == kind;
    });
}

struct ToLabel
{
    const Manifest& manifest;

    std::string operator()(const MuteHead& mute) const
    {
        const auto site = std::ranges::find(manifest.sites, mute.site, &AttentionSite::name);
        if (site == manifest.sites.end())
            return fmt::format("mute H{} of {}", mute.head, printable(mute.site));
        const auto group = std::ranges::find(manifest.groups, site->group, &SiteGroup::id);
        const std::string& title = group == manifest.groups.end() ? site->group : group->title;
        return fmt::format("mute L{} · H{} of {}", site->layer, mute.head, printable(title));
    }

    std::string operator()(const HideKeys& hide) const
    {
        const auto found = manifest.axes.find(hide.axis);
        const bool known = found != manifest.axes.end();
        const std::size_t count = hide.positions.size();
        if (known && allIn(SegmentKind::PatchGrid, found->second, hide.positions))
            return count == 1 ? "hide the patch in " + found->second.label(hide.positions.front())
                              : fmt::format("hide {} patches", count);
        if (!known || count > kMostNamed || !allIn(SegmentKind::Text, found->second, hide.positions))
            return fmt::format("hide {} position{} of {}", count, count == 1 ? "" : "s", printable(hide.axis));
        std::string words;
        for (const std::int64_t position : hide.positions)
            words += fmt::format("{}“{}”", words.empty() ? "" : ", ", printable(found->second.label(position)));
        return fmt::format("hide {} of {}", words, printable(hide.axis));
    }
};

} // namespace

std::vector<Intervention> interventionsFromJson(const Json& list, const std::string& where)
{
    if (!list.is_array())
        throw Error(ErrorKind::InvalidFile, "\"interventions\" in {} is not a list", where);
    if (list.size() > kMaxListed)
        throw Error(ErrorKind::TooLarge, "{} has {} interventions; at most {} are read", where, list.size(),
                    kMaxListed);
    std::vector<Intervention> interventions;
    for (const Json& entry : list)
        interventions.push_back(
            interventionFromJson(entry, fmt::format("intervention {} of {}", interventions.size(), where)));
    return interventions;
}

Json jsonFromInterventions(const std::vector<Intervention>& interventions)
{
    Json list = Json::array();
    for (const Intervention& intervention : interventions)
        list.push_back(std::visit(ToJson{}, intervention));
    return list;
}

std::string interventionLabel(const Intervention& intervention, const Manifest& manifest)
{
    return std::visit(ToLabel{manifest}, intervention);
}

} // namespace heedmap
