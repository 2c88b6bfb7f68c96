#include "app/verbs/stats_verb.h"

#include "app/verbs/map_arguments.h"
#include "app/verbs/statistics_table.h"
#include "core/analysis/remembered_statistics.h"
#include "core/base/error.h"
#include "core/base/nearest_names.h"

#include <charconv>
#include <cstdio>
#include <memory>

namespace heedmap {

namespace {

constexpr int kMostLines = 1'000'000;

struct StatsArguments : MapArguments
{
    std::string queries = "ordinary";
    std::string sample = "auto";
    std::string where;
    std::string sort;
    bool ascending = false;
    std::optional<std::size_t> top;
    double dormantAbove = kDormantAbove;
    bool json = false;
    bool csv = false;
};

/// A set by its name, or one query by position or token.
AxisPart chosenQueries(const Capture& capture, const TokenAxis& axis, const StatsArguments& arguments)
{
    std::vector<AxisPart> sets = querySetsOf(capture, axis.id);
    if (arguments.queries == "ordinary") // the default: where every token is special, all of them
        return sets.front();
    std::vector<std::string> known;
    for (AxisPart& set : sets) {
        if (set.id == arguments.queries)
            return std::move(set);
        known.push_back(set.id);
    }
    MapArguments token;
    token.query = arguments.queries;
    try {
        const std::int64_t position = *token.queryOn(axis);
        return {"query", axis.label(position), {position}};
    } catch (const Error& error) {
        throw Error(ErrorKind::InvalidRequest, "--queries {}: \"{}\" has no such queries{}, positions and tokens ({})",
                    arguments.queries, axis.id, namesThereAre(arguments.queries, known), error.what());
    }
}

std::int64_t mostQueries(const std::string& sample, std::size_t chosen)
{
    if (sample == "auto")
        return 0;
    if (sample == "all")
        return static_cast<std::int64_t>(chosen);
    std::int64_t most = 0;
    const auto [end, failure] = std::from_chars(sample.data(), sample.data() + sample.size(), most);
    if (failure != std::errc() || end != sample.data() + sample.size() || most < 1)
        throw Error(ErrorKind::InvalidRequest, "--sample {}: give a number of queries from 1, all, or auto", sample);
    return most;
}

std::vector<GroupChoice> chosenGroups(const Capture& capture, const StatsArguments& arguments)
{
    if (!arguments.site.empty() || !arguments.group.empty())
        return {arguments.groupIn(capture)};
    std::vector<GroupChoice> groups = groupChoices(capture);
    std::erase_if(groups, [](const GroupChoice& group) { return group.isComposed(); });
    if (groups.empty())
        throw Error(ErrorKind::InvalidRequest, "{} holds no attention", arguments.capturePath);
    return groups;
}

StatisticsTable tableOf(const Capture& capture, const GroupChoice& group, const StatsArguments& arguments)
{
    MapStatisticsRequest request;
    request.sites = group.sites;
    request.first = arguments.firstIn(capture, group);
    request.dormantAbove = arguments.dormantAbove;
    const MapChoice map{group.sites.front(), HeadChoice::mean(), request.first};
    request.queries = chosenQueries(capture, queryAxisOf(capture, map), arguments);
    request.mostQueries = mostQueries(arguments.sample, request.queries.positions.size());
    StatisticsTable table(capture, group, rememberedStatistics(arguments.cacheOf(capture), capture, request));
    if (!arguments.where.empty())
        table.keepWhere(arguments.where);
    if (!arguments.sort.empty())
        table.sort(arguments.sort, arguments.ascending);
    if (arguments.top)
        table.keepFirst(*arguments.top);
    return table;
}

/// Of several groups those that have the columns and queries asked for; the others are said.
std::vector<StatisticsTable> tablesOf(const Capture& capture, const StatsArguments& arguments)
{
    std::vector<StatisticsTable> tables;
    std::vector<std::string> refusals;
    const std::vector<GroupChoice> groups = chosenGroups(capture, arguments);
    for (const GroupChoice& group : groups)
        try {
            tables.push_back(tableOf(capture, group, arguments));
        } catch (const Error& error) {
            if (groups.size() == 1 || error.kind() != ErrorKind::InvalidRequest)
                throw;
            refusals.push_back(fmt::format("{}: {}", group.id, error.what()));
        }
    if (tables.empty())
        throw Error(ErrorKind::InvalidRequest, "{}", refusals.front());
    for (const std::string& refusal : refusals)
        fmt::print(stderr, "left out: {}\n", refusal);
    return tables;
}

int printStatistics(const StatsArguments& arguments)
{
    const std::shared_ptr<const Capture> capture = Capture::open(arguments.capturePath);
    const std::vector<StatisticsTable> tables = tablesOf(*capture, arguments);
    if (arguments.json) {
        Json maps = Json::array();
        for (const StatisticsTable& table : tables)
            maps.push_back(table.json());
        fmt::print("{}\n", Json{{"maps", maps}}.dump(2));
    } else if (arguments.csv) {
        fmt::print("{}", csvOfStatistics(tables));
    } else {
        for (const StatisticsTable& table : tables)
            fmt::print("{}{}", &table == tables.data() ? "" : "\n", table.text());
    }
    return kDone;
}

void declareHeads(CLI::App& verb, StatsArguments& arguments)
{
    verb.add_option("capture", arguments.capturePath, "Capture file (.heed)")->required();
    auto* site = verb.add_option("--site", arguments.site,
                                 "One attention module, NAME or PASS/NAME as `heedmap info` lists them");
    verb.add_option("--group", arguments.group,
                    "Site group or composition as `heedmap info --json` lists them (the default: every group)")
        ->excludes(site);
    verb.add_option("--first", arguments.first,
                    "Head of the first step of a composition, such as L1.H0 (the default: the mean of its last layer)");
    verb.add_option(
        "--queries", arguments.queries,
        "ordinary (all but special tokens, the default), all, text, picture, generated (rows that predicted "
        "an output's tokens), a segment by name, a position or a token");
    verb.add_option("--sample", arguments.sample,
                    "Most queries to read, evenly spaced; all; or auto (the default: 2^27 weights in all, at least 32 "
                    "queries). What was read is printed");
    verb.add_option("--dormant-above", arguments.dormantAbove, "Threshold of the statistic \"dormant\"")
        ->check(CLI::Range(0.0, 1.0));
}

} // namespace

Verb statsVerb()
{
    return {
        "stats", "Statistics of whole heads over many tokens, sorted and filtered", VerbApplication::Core,
        [](CLI::App& verb) {
            const auto arguments = std::make_shared<StatsArguments>();
            declareHeads(verb, *arguments);
            verb.add_option("--where", arguments->where,
                            "Heads to keep, such as \"picture_mass > 0.5 entropy < 2\" or \"L3\"");
            verb.add_option("--sort", arguments->sort, "Column to sort by, highest first");
            verb.add_flag("--ascending", arguments->ascending, "Lowest first")->needs("--sort");
            verb.add_option("--top", arguments->top, "Lines to print of each group")->check(CLI::Range(1, kMostLines));
            auto* json = verb.add_flag("--json", arguments->json, "Print JSON");
            verb.add_flag("--csv", arguments->csv, "Print comma-separated values")->excludes(json);
            arguments->declareCache(verb);
            return [arguments] { return printStatistics(*arguments); };
        }};
}

} // namespace heedmap
