#pragma once

#include "core/capture/attention.h"
#include "widgets/context/map_navigation.h"

#include <CLI/App.hpp>

#include <optional>
#include <string>

namespace heedmap {

/// The arguments that name a map of a capture, shared by the verbs that look at one: X.heed --site --head --query. The
/// verb `heads`, which looks at many, also takes --group and --first.
struct MapArguments
{
    std::string capturePath;
    std::string site;  ///< NAME or PASS/NAME
    std::string group; ///< id of a site group or composition
    std::string first; ///< head of the first step of a composition, "L1.H0" or "L1.mean", or empty
    std::string head;  ///< a number from 0, "mean", or empty
    std::string query; ///< a position from 0, a token's text, or empty

    void declare(CLI::App& verb);
    /// The same with a group of sites instead of one map.
    void declareGroup(CLI::App& verb);

    /// Errors: InvalidRequest with the nearest names, for each of them.
    std::size_t siteIn(const Capture& capture) const;
    /// The group of --group, or of the one site of --site.
    GroupChoice groupIn(const Capture& capture) const;
    /// The first step of a composed group, by default the mean of its last layer; absent for other groups.
    std::optional<MapChoice::Factor> firstIn(const Capture& capture, const GroupChoice& group) const;
    std::optional<HeadChoice> headOf(const AttentionSite& site) const;
    std::optional<std::int64_t> queryOn(const TokenAxis& axis) const;
};

} // namespace heedmap
