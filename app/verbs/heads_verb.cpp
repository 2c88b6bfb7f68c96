#include "app/verbs/heads_verb.h"

#include "app/verbs/head_table.h"
#include "app/verbs/map_arguments.h"
#include "core/base/error.h"

#include <cstdio>
#include <memory>

namespace heedmap {

namespace {

struct HeadsArguments : MapArguments
{
    std::vector<std::string> boxes;
    std::string sort;
    bool ascending = false;
    std::optional<std::size_t> top;
    bool json = false;
    bool csv = false;
};

RowsRequest rowsRequest(const Capture& capture, const GroupChoice& group, const HeadsArguments& arguments)
{
    const std::optional<SiteHead> first = arguments.firstIn(capture, group);
    const MapChoice map{group.sites.front(), HeadChoice::mean(), first};
    return {group.id, first, *arguments.queryOn(queryAxisOf(capture, map))};
}

int printHeads(const HeadsArguments& arguments)
{
    std::vector<NamedBox> boxes;
    for (const std::string& box : arguments.boxes)
        boxes.push_back(namedBoxFromText(box));
    const std::shared_ptr<const Capture> capture = Capture::open(arguments.capturePath);
    const GroupChoice group = arguments.groupIn(*capture);
    const GroupRows rows = readGroupRows(*capture, group, rowsRequest(*capture, group, arguments));
    HeadTable table(*capture, group, rows, std::move(boxes));
    if (const std::optional<MapChoice> map = arguments.mapIn(*capture, group))
        table.keepHeads(map->set.value_or(HeadSet{{}, {{map->site, map->head}}, Reduction::Mean}));
    if (!arguments.sort.empty())
        table.sort(arguments.sort, arguments.ascending);
    if (arguments.top)
        table.keepFirst(*arguments.top);
    if (arguments.json)
        fmt::print("{}\n", table.json().dump(2));
    else
        fmt::print("{}", arguments.csv ? table.csv() : table.text());
    return kDone;
}

} // namespace

Verb headsVerb()
{
    return {"heads", "Compare all heads for one token: statistics, weight inside boxes", VerbApplication::Core,
            [](CLI::App& verb) {
                const auto arguments = std::make_shared<HeadsArguments>();
                arguments->declare(verb, true);
                verb.add_option("--box", arguments->boxes,
                                "NAME=X,Y,WIDTH,HEIGHT in pixels of the picture: a column with the weight on the "
                                "patches whose centre lies in it; may be given again")
                    ->type_size(1)
                    ->allow_extra_args(false);
                verb.add_option("--sort", arguments->sort, "Column to sort by, highest first");
                verb.add_flag("--ascending", arguments->ascending, "Lowest first")->needs("--sort");
                verb.add_option("--top", arguments->top, "Lines to print")->check(CLI::Range(1, 1'000'000));
                auto* json = verb.add_flag("--json", arguments->json, "Print JSON");
                verb.add_flag("--csv", arguments->csv, "Print comma-separated values")->excludes(json);
                return [arguments] { return printHeads(*arguments); };
            }};
}

} // namespace heedmap
