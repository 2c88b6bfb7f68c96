#include "app/verbs/map_arguments.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"

#include <charconv>

namespace heedmap {

namespace {

std::optional<std::int64_t> wholeNumber(const std::string& text)
{
    std::int64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

/// A token by its text, when exactly one position has it.
std::int64_t positionOfToken(const TokenAxis& axis, const std::string& text)
{
    std::vector<std::string> labels;
    std::vector<std::int64_t> found;
    for (const AxisSegment& segment : axis.segments)
        for (std::size_t i = 0; i < segment.tokens.size(); ++i) {
            labels.push_back(segment.tokens[i].text);
            if (segment.tokens[i].isCalled(text))
                found.push_back(segment.begin + static_cast<std::int64_t>(i));
        }
    if (found.empty())
        throw Error(ErrorKind::InvalidRequest, "no token \"{}\" among the queries \"{}\" of this site{}", text, axis.id,
                    didYouMean(text, labels));
    if (found.size() > 1)
        throw Error(ErrorKind::InvalidRequest, "the token \"{}\" stands at positions {}; give one of these numbers",
                    text, fmt::join(found, ", "));
    return found.front();
}

/// "L2.H0" or "L2.mean" among the sites of one group.
SiteHead headOfGroup(const Capture& capture, const std::vector<std::size_t>& sites, const std::string& name)
{
    std::vector<std::string> known;
    for (const std::size_t site : sites)
        for (const int head : capture.site(site).headChoices()) {
            known.push_back(headArgument(capture, {site, HeadChoice{head}}));
            if (known.back() == name)
                return {site, HeadChoice{head}};
        }
    throw Error(ErrorKind::InvalidRequest, "there is no head {} here{}; heads are called {} to {}", name,
                didYouMean(name, known), known.front(), known.back());
}

} // namespace

std::string headArgument(const Capture& capture, const SiteHead& head)
{
    const int layer = capture.site(head.site).layer;
    return head.head.isMean() ? fmt::format("L{}.mean", layer) : fmt::format("L{}.H{}", layer, head.head.head);
}

void MapArguments::declare(CLI::App& verb, bool queryIsRequired)
{
    verb.add_option("capture", capturePath, "Capture file (.heed)")->required();
    auto* which = verb.add_option_group("Heads", "Whose heads");
    which->add_option("--site", site, "One attention module, NAME or PASS/NAME as `heedmap info` lists them");
    which->add_option("--group", group, "Site group or composition as `heedmap info --json` lists them");
    which->require_option(1);
    auto* headOption = verb.add_option("--head", heads,
                                       "With --site a number from 0, or mean; with --group L1.H0, or L1.mean; several "
                                       "with commas between are shown as one map")
                           ->delimiter(',');
    verb.add_option("--reduce", reduce, "How several heads become one map: mean, or max, which is no distribution")
        ->check(CLI::IsMember({"mean", "max"}))
        ->needs(headOption);
    verb.add_option("--first", first,
                    "Head of the first step of a composition, such as L1.H0 (the default: the mean of its last layer)");
    verb.add_option("--query", query, "Query position from 0, or a token's text")->required(queryIsRequired);
}

void MapArguments::declareCache(CLI::App& verb)
{
    verb.add_flag("--no-cache", noCache,
                  "Compute everything anew, and keep nothing of it in the folder CAPTURE.cache beside the capture");
}

ResultCache MapArguments::cacheOf(const Capture& capture) const
{
    ResultCaching caching;
    caching.isWanted = !noCache;
    return ResultCache(capture, caching);
}

std::size_t MapArguments::siteIn(const Capture& capture) const
{
    try {
        return capture.siteIndex(site);
    } catch (const Error& error) // an unknown name on the command line is wrong use, not a failure
    {
        throw Error(ErrorKind::InvalidRequest, error.what());
    }
}

GroupChoice MapArguments::groupIn(const Capture& capture) const
{
    if (!site.empty()) {
        const std::size_t index = siteIn(capture);
        return {capture.site(index).key(), capture.site(index).key(), {index}, {}};
    }
    std::vector<std::string> known;
    for (GroupChoice& choice : groupChoices(capture)) {
        if (choice.id == group)
            return std::move(choice);
        known.push_back(choice.id);
    }
    throw Error(ErrorKind::InvalidRequest, "{} has no group \"{}\"{}", capturePath, group, namesThereAre(group, known));
}

std::optional<SiteHead> MapArguments::firstIn(const Capture& capture, const GroupChoice& group) const
{
    if (!group.isComposed() && !first.empty())
        throw Error(ErrorKind::InvalidRequest, "--first is for compositions; \"{}\" is a single step", group.id);
    if (!group.isComposed())
        return std::nullopt;
    if (first.empty())
        return SiteHead{group.firstSites.back(), HeadChoice::mean()};
    return headOfGroup(capture, group.firstSites, first);
}

SiteHead MapArguments::headNamed(const Capture& capture, const GroupChoice& group, const std::string& name) const
{
    if (site.empty())
        return headOfGroup(capture, group.sites, name);
    const std::size_t index = group.sites.front();
    if (name == "mean")
        return {index, HeadChoice::mean()};
    const std::optional<std::int64_t> number = wholeNumber(name);
    if (!number || *number < 0 || *number >= capture.site(index).heads)
        throw Error(ErrorKind::InvalidRequest, "--head {} does not exist: {} has heads 0 to {}, or say mean", name,
                    capture.site(index).name, capture.site(index).heads - 1);
    return {index, HeadChoice{static_cast<int>(*number)}};
}

std::optional<MapChoice> MapArguments::mapIn(const Capture& capture, const GroupChoice& group) const
{
    HeadSet set{{}, {}, reduce == "max" ? Reduction::Max : Reduction::Mean};
    for (const std::string& name : heads) {
        const SiteHead head = headNamed(capture, group, name);
        if (set.contains(head))
            throw Error(ErrorKind::InvalidRequest, "--head names {} twice", name);
        set.members.push_back(head);
    }
    if (set.members.empty())
        return std::nullopt;
    MapChoice map{set.members.front().site, set.members.front().head, firstIn(capture, group)};
    if (set.members.size() > 1)
        map.set = std::move(set);
    return map;
}

std::optional<std::int64_t> MapArguments::queryOn(const TokenAxis& axis) const
{
    if (query.empty())
        return std::nullopt;
    const std::optional<std::int64_t> number = wholeNumber(query);
    if (!number)
        return positionOfToken(axis, query);
    if (*number < 0 || *number >= axis.length)
        throw Error(ErrorKind::InvalidRequest, "--query {} does not exist: the axis \"{}\" has positions 0 to {}",
                    query, axis.id, axis.length - 1);
    return number;
}

} // namespace heedmap
