#include "app/verbs/render_verb.h"

#include "app/verbs/map_arguments.h"
#include "core/base/error.h"
#include "core/capture/without_special.h"
#include "widgets/context/map_numbers.h"
#include "widgets/image/exporter.h"
#include "widgets/image/map_figure.h"

#include <charconv>
#include <memory>

namespace heedmap {

namespace {

struct RenderArguments : MapArguments
{
    RenderOptions options;
    bool perMapLimits = false;
    bool interpolated = false;
    bool probability = false;
    std::string scale = "log";
    std::string limits = "auto";
    std::string out;
};

constexpr int kInterpolatedSamples = 16; ///< per patch: finer than a screen shows

ValueCurve curveOf(const std::string& name)
{
    return name == "linear" ? ValueCurve::Linear : name == "log" ? ValueCurve::Logarithmic : ValueCurve::Percentile;
}

/// "auto", "minmax" or "LOW,HIGH".
void readLimits(const std::string& text, RenderOptions& options)
{
    if (text == "auto")
        return;
    if (text == "minmax") {
        options.limitsRule = LimitsRule::Extremes;
        return;
    }
    const std::size_t comma = text.find(',');
    const auto number = [&](const std::string& part, double& value) {
        const auto [end, failure] = std::from_chars(part.data(), part.data() + part.size(), value);
        return failure == std::errc() && end == part.data() + part.size();
    };
    const bool isPair = comma != std::string::npos && number(text.substr(0, comma), options.low) &&
                        number(text.substr(comma + 1), options.high);
    if (!isPair)
        throw Error(ErrorKind::InvalidRequest, "--limits {} is none of auto, minmax and LOW,HIGH such as 0.25,16",
                    text);
    options.limitsRule = LimitsRule::ByHand;
}

int render(const RenderArguments& arguments)
{
    const ExportFormat format = exportFormatFor(arguments.out);
    const std::shared_ptr<const Capture> capture = Capture::open(arguments.capturePath);
    const std::optional<MapChoice> map = arguments.mapIn(*capture, arguments.groupIn(*capture));
    const std::optional<std::int64_t> query = map ? arguments.queryOn(queryAxisOf(*capture, *map)) : std::nullopt;
    if (!map || !query)
        throw Error(ErrorKind::InvalidRequest, "render draws one row: give --head and --query");

    RenderOptions options = arguments.options;
    options.sharedLimits = !arguments.perMapLimits;
    options.timesUniform = !arguments.probability;
    options.curve = curveOf(arguments.scale);
    readLimits(arguments.limits, options);
    options.samplesPerPatch = arguments.interpolated ? kInterpolatedSamples : 1;
    const QString path = QString::fromStdString(arguments.out);
    if (isNumbers(format)) {
        const TokenAxis& keys = keyAxisOf(*capture, *map);
        ValueScale unit;
        unit.withoutSpecial = options.withoutSpecial;
        unit.keyCount = static_cast<double>(options.withoutSpecial ? OrdinaryKeys(keys).count() : keys.length);
        const std::vector<NumberedRow> rows{
            {*map, *query, readShownRow(*capture, *map, *query, options.withoutSpecial)}};
        writeExport(exporterOfTable(tableOfRows(*capture, keys, {}, rows, unit, true), format), path);
    } else {
        writeExport(exporterOfFigure(figureOfMap(*capture, *map, {*query}, options), format, 1), path);
    }
    fmt::print("{}\n", arguments.out);
    return kDone;
}

} // namespace

Verb renderVerb()
{
    return {"render", "Draw one row of a map on its picture", VerbApplication::Headless, [](CLI::App& verb) {
                const auto arguments = std::make_shared<RenderArguments>();
                arguments->declare(verb);
                verb.add_option("--out", arguments->out,
                                "File to write: a picture (.png, .svg, .pdf), or the row's numbers (.csv, .npy, .json)")
                    ->required();
                verb.add_option("--colors", arguments->options.colorMap, "Colour map: viridis, cividis, magma or grey");
                verb.add_option("--width", arguments->options.pictureWidth, "Pixels the picture is drawn wide")
                    ->check(CLI::Range(64, 8192));
                verb.add_flag("--per-map", arguments->perMapLimits,
                              "Limits of this map alone instead of all heads of its group");
                verb.add_flag("--probability", arguments->probability,
                              "Probabilities instead of multiples of uniform attention");
                verb.add_option("--scale", arguments->scale,
                                "linear, log (the default) or percentile: colours by rank among the weights in sight")
                    ->check(CLI::IsMember({"linear", "log", "percentile"}));
                verb.add_option("--limits", arguments->limits,
                                "auto (the default: up to the 99.5th percentile), minmax, or LOW,HIGH in the unit of "
                                "the colour bar");
                verb.add_flag("--without-special", arguments->options.withoutSpecial,
                              "Renormalise rows over the keys that are no special tokens; the caption says so");
                verb.add_flag("--interpolated", arguments->interpolated,
                              "Interpolate between patch centres instead of exact patches");
                return [arguments] { return render(*arguments); };
            }};
}

} // namespace heedmap
