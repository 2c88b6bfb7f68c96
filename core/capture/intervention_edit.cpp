#include "core/capture/intervention_edit.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace heedmap {

namespace {

/// What a list does, whatever its order.
struct Effect
{
    std::set<std::pair<std::string, int>> muted;
    std::map<std::string, std::set<std::int64_t>> hidden;

    explicit Effect(const std::vector<Intervention>& list)
    {
        for (const Intervention& intervention : list)
            if (const auto* mute = std::get_if<MuteHead>(&intervention))
                muted.emplace(mute->site, mute->head);
            else if (const auto* hide = std::get_if<HideKeys>(&intervention))
                hidden[hide->axis].insert(hide->positions.begin(), hide->positions.end());
    }
    bool operator==(const Effect&) const = default;
};

} // namespace

bool isMuted(const std::vector<Intervention>& list, const MuteHead& head)
{
    return std::find(list.begin(), list.end(), Intervention(head)) != list.end();
}

std::vector<Intervention> withMuted(std::vector<Intervention> list, const MuteHead& head, bool muted)
{
    std::erase(list, Intervention(head));
    if (muted)
        list.emplace_back(head);
    return list;
}

std::vector<std::int64_t> hiddenKeys(const std::vector<Intervention>& list, const std::string& axis)
{
    const Effect effect(list);
    const auto found = effect.hidden.find(axis);
    return found == effect.hidden.end() ? std::vector<std::int64_t>()
                                        : std::vector<std::int64_t>(found->second.begin(), found->second.end());
}

std::vector<Intervention> withHidden(std::vector<Intervention> list, const std::string& axis,
                                     std::span<const std::int64_t> positions, bool hidden)
{
    std::set<std::int64_t> wanted(positions.begin(), positions.end());
    if (hidden) {
        for (std::int64_t position : hiddenKeys(list, axis))
            wanted.erase(position);
        if (!wanted.empty())
            list.emplace_back(HideKeys{axis, {wanted.begin(), wanted.end()}});
        return list;
    }
    for (Intervention& intervention : list)
        if (auto* hide = std::get_if<HideKeys>(&intervention); hide && hide->axis == axis)
            std::erase_if(hide->positions, [&](std::int64_t position) { return wanted.contains(position); });
    std::erase_if(list, [](const Intervention& intervention) {
        const auto* hide = std::get_if<HideKeys>(&intervention);
        return hide && hide->positions.empty();
    });
    return list;
}

bool sameInterventions(const std::vector<Intervention>& a, const std::vector<Intervention>& b)
{
    return Effect(a) == Effect(b);
}

} // namespace heedmap
