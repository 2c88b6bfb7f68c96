#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// One head, or the mean over all heads of a site (the arithmetic mean of their probabilities).
struct HeadChoice
{
    static constexpr int kMean = -1;
    int head = 0;

    static HeadChoice mean() { return {kMean}; }
    bool isMean() const { return head == kMean; }
    bool operator==(const HeadChoice&) const = default;
    /// "head 2" or "mean of 4 heads".
    std::string label(int heads) const;
};

/// A head of one site of a capture.
struct SiteHead
{
    std::size_t site = 0;
    HeadChoice head;
    bool operator==(const SiteHead&) const = default;
};

/// How several maps become one.
enum class Reduction
{
    Mean, ///< the arithmetic mean of the probabilities
    Max   ///< the largest of the probabilities, weight by weight: rows do not sum to one
};

/// Several heads looked at as one map. The members share their query and key axes and are not empty.
struct HeadSet
{
    std::string name; ///< what somebody called it; may be empty
    std::vector<SiteHead> members;
    Reduction reduction = Reduction::Mean;

    bool contains(const SiteHead& head) const;
    bool operator==(const HeadSet&) const = default;
    /// "mean of 3 heads" or "max of 3 heads, not a distribution".
    std::string label() const;
};

/// A map somebody looks at: one head or mean of one site, or, when `first` is set, the product first · second, where
/// `site`/`head` is the second factor. The query axis is that of the first factor. When `set` is set, its members stand
/// in the place of `site`/`head`: the map is the reduction of the maps that have each of them there, and `site` has
/// the axes of the members.
struct MapChoice
{
    using Factor = SiteHead;
    std::size_t site = 0;
    HeadChoice head;
    std::optional<Factor> first; ///< set for composed maps
    std::optional<HeadSet> set = std::nullopt;
    bool operator==(const MapChoice&) const = default;

    bool isComposed() const { return first.has_value(); }
    /// The heads it is made of: the members of the set, or the one head or mean.
    std::vector<SiteHead> members() const { return set ? set->members : std::vector<SiteHead>{{site, head}}; }
    /// The same without a set, with this head.
    MapChoice with(const SiteHead& member) const { return {member.site, member.head, first, std::nullopt}; }
};

} // namespace heedmap
