#pragma once

#include "core/capture/capture.h"
#include "core/capture/map_choice.h"

#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// A set of heads by the names of their sites, so that it outlives the capture it was made on.
struct SavedHeadSet
{
    struct Member
    {
        std::string site; ///< AttentionSite::key()
        int head = 0;     ///< HeadChoice::head
        bool operator==(const Member&) const = default;
    };
    std::string name;
    std::vector<Member> members;
    Reduction reduction = Reduction::Mean;
    bool operator==(const SavedHeadSet&) const = default;
};

/// Precondition: `set` belongs to `capture`.
SavedHeadSet savedSet(const Capture& capture, const HeadSet& set);
/// The same heads in another capture. Absent when one of them does not exist there, or they do not share their axes.
std::optional<HeadSet> setIn(const Capture& capture, const SavedHeadSet& saved);

} // namespace heedmap
