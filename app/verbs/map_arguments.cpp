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
            if (segment.tokens[i].text == text)
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
MapChoice::Factor factorNamed(const Capture& capture, const std::vector<std::size_t>& sites, const std::string& name)
{
    std::vector<std::string> known;
    for (const std::size_t site : sites)
        for (int head = HeadChoice::kMean; head < capture.site(site).heads; ++head) {
            const std::string layer = fmt::format("L{}.", capture.site(site).layer);
            known.push_back(layer + (head == HeadChoice::kMean ? std::string("mean") : fmt::format("H{}", head)));
            if (known.back() == name)
                return {site, HeadChoice{head}};
        }
    throw Error(ErrorKind::InvalidRequest, "there is no head {} here{}; heads are called {} to {}", name,
                didYouMean(name, known), known.front(), known.back());
}

} // namespace

void MapArguments::declare(CLI::App& verb)
{
    verb.add_option("capture", capturePath, "Capture file (.heed)")->required();
    verb.add_option("--site", site, "Attention module, NAME or PASS/NAME as `heedmap info` lists them")->required();
    verb.add_option("--head", head, "Head number from 0, or mean");
    verb.add_option("--query", query, "Query position from 0, or a token's text");
}

void MapArguments::declareGroup(CLI::App& verb)
{
    verb.add_option("capture", capturePath, "Capture file (.heed)")->required();
    auto* which = verb.add_option_group("Heads", "Whose heads");
    which->add_option("--group", group, "Site group or composition as `heedmap info --json` lists them");
    which->add_option("--site", site, "One attention module, NAME or PASS/NAME as `heedmap info` lists them");
    which->require_option(1);
    verb.add_option(
        "--first", first,
        "Head of the first step of a composition, such as L1.H0 or L1.mean (the default: the last layer's)");
    verb.add_option("--query", query, "Query position from 0, or a token's text")->required();
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
    throw Error(ErrorKind::InvalidRequest, "{} has no group \"{}\"{}; there are {}", capturePath, group,
                didYouMean(group, known), fmt::join(known, ", "));
}

std::optional<MapChoice::Factor> MapArguments::firstIn(const Capture& capture, const GroupChoice& group) const
{
    if (!group.isComposed() && !first.empty())
        throw Error(ErrorKind::InvalidRequest, "--first is for compositions; \"{}\" is a single step", group.id);
    if (!group.isComposed())
        return std::nullopt;
    if (first.empty())
        return MapChoice::Factor{group.firstSites.back(), HeadChoice::mean()};
    return factorNamed(capture, group.firstSites, first);
}

std::optional<HeadChoice> MapArguments::headOf(const AttentionSite& site) const
{
    if (head.empty())
        return std::nullopt;
    if (head == "mean")
        return HeadChoice::mean();
    const std::optional<std::int64_t> number = wholeNumber(head);
    if (!number || *number < 0 || *number >= site.heads)
        throw Error(ErrorKind::InvalidRequest, "--head {} does not exist: {} has heads 0 to {}, or say mean", head,
                    site.name, site.heads - 1);
    return HeadChoice{static_cast<int>(*number)};
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
