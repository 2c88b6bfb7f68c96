#pragma once

#include "core/analysis/result_cache.h"
#include "core/capture/attention.h"
#include "widgets/context/map_navigation.h"

#include <CLI/App.hpp>

#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// The arguments that name heads and a token of a capture, shared by the verbs that look at one. Heads are named
///   --site NAME --head 0          one head of one attention module, or mean
///   --site NAME --head 0,2        several, as one map: their --reduce mean (the default) or max
///   --group ID --head L1.H0,L3.H1 heads of a site group or composition; L1.mean is the mean of a layer
///   --first L0.H1                 the first step of a composition; the default is the mean of its last layer
struct MapArguments
{
    std::string capturePath;
    std::string group;
    std::string site; ///< NAME or PASS/NAME
    std::vector<std::string> heads;
    std::string first;
    std::string reduce = "mean";
    std::string query; ///< a position from 0, a token's text, or empty
    bool noCache = false;

    void declare(CLI::App& verb, bool queryIsRequired = false);
    /// --no-cache, for what may take long.
    void declareCache(CLI::App& verb);
    ResultCache cacheOf(const Capture& capture) const;

    /// Errors: InvalidRequest with the nearest names, for each of them.
    std::size_t siteIn(const Capture& capture) const;
    /// The group of --group, or of the one site of --site.
    GroupChoice groupIn(const Capture& capture) const;
    /// The first step of a composed group; absent for other groups.
    std::optional<SiteHead> firstIn(const Capture& capture, const GroupChoice& group) const;
    /// The map of --head; absent when that was not given.
    std::optional<MapChoice> mapIn(const Capture& capture, const GroupChoice& group) const;
    std::optional<std::int64_t> queryOn(const TokenAxis& axis) const;

private:
    SiteHead headNamed(const Capture& capture, const GroupChoice& group, const std::string& name) const;
};

/// "L2.H0" or "L2.mean", as --head names heads of a group.
std::string headArgument(const Capture& capture, const SiteHead& head);

} // namespace heedmap
