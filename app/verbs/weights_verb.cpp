#include "app/verbs/weights_verb.h"

#include "app/verbs/map_arguments.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/npy.h"
#include "core/base/utf8.h"
#include "core/capture/without_special.h"

#include <cstdio>
#include <memory>

namespace heedmap {

namespace {

struct WeightsArguments : MapArguments
{
    std::string out;
    bool withoutSpecial = false;
};

constexpr std::size_t kMaxArrayBytes = std::size_t{1} << 31;

struct Array
{
    std::vector<float> values;
    Shape shape;
};

/// All heads of a site that the capture holds, [heads, queries, keys], or [heads, keys] of one query.
Array allHeads(const Capture& capture, std::size_t site, std::optional<std::int64_t> query)
{
    const std::int64_t heads = capture.site(site).heldHeadCount();
    const std::int64_t keys = capture.keyAxis(site).length;
    if (query)
        return {readAllHeads(capture, site, *query), {heads, keys}};
    Array array{{}, {heads, capture.queryAxis(site).length, keys}};
    if (checkedByteCount(array.shape, sizeof(float)) > kMaxArrayBytes)
        throw Error(ErrorKind::TooLarge, "all heads of {} are {} values, more than fit into memory safely; give --head",
                    capture.site(site).name, shapeText(array.shape));
    for (const int head : capture.site(site).headNumbers()) {
        const std::vector<float> map = readMap(capture, {site, {head}, {}});
        array.values.insert(array.values.end(), map.begin(), map.end());
    }
    return array;
}

Array wantedArray(const Capture& capture, const WeightsArguments& arguments)
{
    const GroupChoice group = arguments.groupIn(capture);
    const std::optional<MapChoice> map = arguments.mapIn(capture, group);
    if (!map && arguments.site.empty())
        throw Error(ErrorKind::InvalidRequest, "--group {} has several maps: give --head, such as L1.H0",
                    arguments.group);
    const std::size_t site = group.sites.front();
    const std::optional<std::int64_t> query =
        arguments.queryOn(map ? queryAxisOf(capture, *map) : capture.queryAxis(site));
    if (!map)
        return allHeads(capture, site, query);
    const std::int64_t keys = keyAxisOf(capture, *map).length;
    if (query)
        return {readRow(capture, *map, *query), {keys}};
    return {readMap(capture, *map), {queryAxisOf(capture, *map).length, keys}};
}

const TokenAxis& keysOf(const Capture& capture, const WeightsArguments& arguments)
{
    return capture.keyAxis(arguments.groupIn(capture).sites.front());
}

/// What was done, for people.
std::string renormalize(Array& array, const TokenAxis& keys)
{
    const OrdinaryKeys ordinary(keys);
    if (ordinary.count() == 0)
        throw Error(ErrorKind::InvalidRequest,
                    "every key of the axis \"{}\" is a special token: --without-special "
                    "leaves nothing",
                    printable(keys.id));
    const std::int64_t empty = ordinary.renormalizeRows(array.values);
    const auto rows = static_cast<std::int64_t>(array.values.size()) / keys.length;
    return fmt::format(", renormalised over {} of {} keys{}", ordinary.count(), keys.length,
                       empty > 0 ? fmt::format("; {} of {} rows have nothing left and are zeros", empty, rows) : "");
}

int writeWeights(const WeightsArguments& arguments)
{
    const std::shared_ptr<const Capture> capture = Capture::open(arguments.capturePath);
    Array array = wantedArray(*capture, arguments);
    const std::string note = arguments.withoutSpecial ? renormalize(array, keysOf(*capture, arguments)) : std::string();
    writeFileAtomically(arguments.out, npyFromFloats(array.values, array.shape));
    fmt::print("{}: float32 {}{}\n", arguments.out, shapeText(array.shape), note);
    return kDone;
}

} // namespace

Verb weightsVerb()
{
    return {"weights", "Write attention probabilities of a site as a NumPy array", VerbApplication::Core,
            [](CLI::App& verb) {
                const auto arguments = std::make_shared<WeightsArguments>();
                arguments->declare(verb);
                verb.add_option("--out", arguments->out, "File to write (.npy, float32)")->required();
                verb.add_flag("--without-special", arguments->withoutSpecial,
                              "Share every row out anew over the keys that are no special tokens, which get 0");
                verb.footer(
                    "Shapes: [heads, queries, keys]; with --head [queries, keys]; with --query one dimension less.");
                return [arguments] { return writeWeights(*arguments); };
            }};
}

} // namespace heedmap
