#include "core/runtime/applied_interventions.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

namespace heedmap {

namespace {

using KeyRanges = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// [begin, end) without the hidden keys, appended to `ranges`.
void appendVisible(std::int64_t begin, std::int64_t end, const std::set<std::int64_t>& hidden, KeyRanges& ranges)
{
    for (auto key = hidden.lower_bound(begin); key != hidden.end() && *key < end; ++key) {
        if (*key > begin)
            ranges.emplace_back(begin, *key);
        begin = *key + 1;
    }
    if (begin < end)
        ranges.emplace_back(begin, end);
}

void checkMute(const MuteHead& mute, const std::vector<PlannedSite>& sites)
{
    const auto site = std::ranges::find(sites, mute.site, &PlannedSite::name);
    if (site == sites.end()) {
        std::vector<std::string> names;
        for (const PlannedSite& known : sites)
            names.push_back(known.name);
        throw Error(ErrorKind::NotFound, "There is no attention module \"{}\" to mute{}", printable(mute.site),
                    didYouMean(mute.site, names));
    }
    if (mute.head < 0 || mute.head >= site->heads)
        throw Error(ErrorKind::InvalidRequest, "{} has the heads 0 to {}; there is no head {} to mute", mute.site,
                    site->heads - 1, mute.head);
}

const HideableAxis& axisOf(const HideKeys& hide, const std::vector<HideableAxis>& axes)
{
    const auto axis = std::ranges::find(axes, hide.axis, &HideableAxis::id);
    if (axis != axes.end())
        return *axis;
    std::vector<std::string> names;
    for (const HideableAxis& known : axes)
        names.push_back(known.id);
    throw Error(ErrorKind::NotFound, "There is no axis \"{}\" to hide keys of; this run has {}{}", printable(hide.axis),
                fmt::join(names, ", "), didYouMean(hide.axis, names));
}

void checkPositions(const HideKeys& hide, const HideableAxis& axis)
{
    for (const std::int64_t position : hide.positions) {
        if (position >= axis.begin && position < axis.end)
            continue;
        if (axis.begin == axis.end)
            throw Error(ErrorKind::InvalidRequest,
                        "Nothing of \"{}\" can be hidden: it is generated, and only what is given can be", axis.id);
        throw Error(ErrorKind::InvalidRequest, "Position {} of \"{}\" cannot be hidden; those from {} to {} can",
                    position, axis.id, axis.begin, axis.end - 1);
    }
}

/// All hidden, by one intervention or by several, or all but padding.
void checkSomethingIsLeft(const HideableAxis& axis, const std::set<std::int64_t>& hidden)
{
    for (std::int64_t position = 0; position < axis.length; ++position)
        if ((axis.visible.empty() || axis.visible[static_cast<std::size_t>(position)]) && !hidden.contains(position))
            return;
    throw Error(ErrorKind::InvalidRequest,
                "All {} positions of \"{}\" are hidden, which leaves nothing to look at; leave at least one",
                axis.length, axis.id);
}

} // namespace

AppliedInterventions::AppliedInterventions(const std::vector<Intervention>& interventions)
{
    for (const Intervention& intervention : interventions) {
        if (const auto* mute = std::get_if<MuteHead>(&intervention))
            m_muted[mute->site].insert(mute->head);
        else if (const auto* hide = std::get_if<HideKeys>(&intervention))
            m_hidden[hide->axis].insert(hide->positions.begin(), hide->positions.end());
    }
    for (const auto& [axis, positions] : m_hidden)
        m_hiddenIndices[axis] = at::tensor(std::vector<std::int64_t>(positions.begin(), positions.end()), at::kLong);
}

void AppliedInterventions::hideKeys(const std::string& axis, at::Tensor& scores) const
{
    const auto found = m_hiddenIndices.find(axis);
    if (found == m_hiddenIndices.end())
        return;
    const at::Tensor there = found->second.masked_select(found->second < scores.size(2)); // while a text is short
    scores.index_fill_(2, there, -std::numeric_limits<float>::infinity());
}

MaskSymbols AppliedInterventions::withoutHidden(const std::string& axis, std::int64_t keys,
                                                const MaskSymbols& mask) const
{
    const auto found = m_hidden.find(axis);
    if (found == m_hidden.end())
        return mask;
    MaskSymbols result{mask.causalOffset, {}};
    const KeyRanges everything = {{0, keys}};
    for (const auto& [begin, end] : mask.keyRanges.empty() ? everything : mask.keyRanges)
        appendVisible(begin, end, found->second, result.keyRanges);
    return result;
}

void AppliedInterventions::muteHeads(const std::string& site, at::Tensor& mixed) const
{
    if (const auto found = m_muted.find(site); found != m_muted.end())
        for (const int head : found->second)
            mixed.select(0, head).zero_();
}

void checkInterventions(const std::vector<Intervention>& interventions, const std::vector<PlannedSite>& sites,
                        const std::vector<HideableAxis>& axes)
{
    std::map<std::string, std::set<std::int64_t>> hidden;
    for (const Intervention& intervention : interventions) {
        if (const auto* mute = std::get_if<MuteHead>(&intervention)) {
            checkMute(*mute, sites);
        } else if (const auto* hide = std::get_if<HideKeys>(&intervention)) {
            checkPositions(*hide, axisOf(*hide, axes));
            hidden[hide->axis].insert(hide->positions.begin(), hide->positions.end());
        }
    }
    for (const HideableAxis& axis : axes)
        if (const auto found = hidden.find(axis.id); found != hidden.end())
            checkSomethingIsLeft(axis, found->second);
}

} // namespace heedmap
