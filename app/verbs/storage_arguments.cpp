#include "app/verbs/storage_arguments.h"

#include "app/verbs/position_lists.h"
#include "app/verbs/storage_type.h"
#include "core/base/error.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <map>
#include <set>

namespace heedmap {

void StorageArguments::declare(CLI::App& verb)
{
    verb.add_option("--sites", sites,
                    "Attention modules to keep, as patterns of NAME or PASS/NAME: \"question/*\", "
                    "\"*.layer.2.crossattention.*\". Without it: all")
        ->type_name("PATTERN...");
    const auto repeated = [&verb](const char* name, std::vector<std::string>& values, const char* help,
                                  const char* type) {
        verb.add_option(name, values, help)->type_name(type)->type_size(1)->allow_extra_args(false);
    };
    repeated("--heads", heads,
             "Heads to keep, of every module that is kept or of those a pattern names: 0,2-3 or "
             "question_picture.L2:1; may be given again. Modules it does not name keep all",
             "[SITE:]HEADS");
    repeated("--queries", queries,
             "Rows to keep of the maps that look from an axis: question:ball,3-5; may be given again. Other axes keep "
             "all",
             "AXIS:POSITIONS");
    declareStorageType(verb, dtype)->capture_default_str();
    verb.add_option("--budget", budget,
                    "Refuse, before anything is computed, a capture that could take more bytes: 500000, 2MiB, 1GiB")
        ->transform(CLI::AsSizeValue(false))
        ->type_name("BYTES");
}

namespace {

void checkUtf8(const std::vector<std::string>& values, const char* option)
{
    for (const std::string& value : values)
        if (!isValidUtf8(value))
            throw Error(ErrorKind::InvalidRequest, "a value of {} is not valid UTF-8", option);
}

Json headsFrom(const std::vector<std::string>& arguments)
{
    constexpr int mostHeads = 4096;
    Json choices = Json::array();
    for (const std::string& argument : arguments) {
        const bool isOfAll = argument.find(':') == std::string::npos;
        const auto [pattern, list] =
            isOfAll ? std::pair(std::string("*"), argument)
                    : splitArgument("--heads", argument, "HEADS or SITE:HEADS, such as question_picture.L2:1");
        choices.push_back(
            {{"sites", pattern}, {"heads", headsNamed(list, "--heads " + argument, "a module", mostHeads)}});
    }
    return choices;
}

/// Ranges [begin, end) of the positions that several arguments name together, by axis.
Json queriesFrom(const std::vector<std::string>& arguments, const std::optional<Manifest>& plain)
{
    std::map<std::string, std::set<std::int64_t>> positions;
    for (const std::string& argument : arguments) {
        std::optional<AxisPositions> named = plainPositions("--queries", argument);
        if (!named)
            named = positionsNamed("--queries", argument, plain.value());
        positions[named->axis].insert(named->positions.begin(), named->positions.end());
    }
    Json queries = Json::object();
    for (const auto& [axis, numbers] : positions)
        queries[axis] = StoredIndices::ofNumbers({numbers.begin(), numbers.end()}).ranges();
    return queries;
}

} // namespace

bool StorageArguments::needTokens() const
{
    return std::ranges::any_of(
        queries, [](const std::string& argument) { return !plainPositions("--queries", argument).has_value(); });
}

void StorageArguments::addQueriesTo(Json& options, const std::optional<Manifest>& plain) const
{
    checkUtf8(queries, "--queries");
    if (!queries.empty())
        options["queries"] = queriesFrom(queries, plain);
}

void StorageArguments::addTo(Json& options) const
{
    checkUtf8(sites, "--sites");
    checkUtf8(heads, "--heads");
    if (!heads.empty())
        options["heads"] = headsFrom(heads);
    if (!sites.empty())
        options["sites"] = sites;
    if (const DType type = storageTypeFromText(dtype); type != DType::F32)
        options["storage_dtype"] = dtypeName(type);
    if (budget)
        options["byte_budget"] = *budget;
}

} // namespace heedmap
