#include "core/capture/map_choice.h"

#include <fmt/format.h>

#include <algorithm>

namespace heedmap {

std::string HeadChoice::label(int heads) const
{
    return isMean() ? fmt::format("mean of {} heads", heads) : fmt::format("head {}", head);
}

bool HeadSet::contains(const SiteHead& head) const
{
    return std::ranges::find(members, head) != members.end();
}

std::string HeadSet::label() const
{
    const char* plural = members.size() == 1 ? "" : "s";
    return reduction == Reduction::Mean ? fmt::format("mean of {} head{}", members.size(), plural)
                                        : fmt::format("max of {} head{}, not a distribution", members.size(), plural);
}

} // namespace heedmap
