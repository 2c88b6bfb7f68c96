#include "app/verbs/render_verb.h"

#include "app/verbs/map_arguments.h"
#include "core/base/error.h"
#include "widgets/context/map_numbers.h"
#include "widgets/image/map_figure.h"
#include "widgets/views/view_export.h"

#include <memory>

namespace heedmap {

namespace {

struct RenderArguments : MapArguments
{
    RenderOptions options;
    bool perMapLimits = false;
    bool interpolated = false;
    bool probability = false;
    bool linear = false;
    std::string out;
};

constexpr int kInterpolatedSamples = 16; ///< per patch: finer than a screen shows

int render(const RenderArguments& arguments)
{
    const std::shared_ptr<const Capture> capture = Capture::open(arguments.capturePath);
    const std::optional<MapChoice> map = arguments.mapIn(*capture, arguments.groupIn(*capture));
    const std::optional<std::int64_t> query = map ? arguments.queryOn(queryAxisOf(*capture, *map)) : std::nullopt;
    if (!map || !query)
        throw Error(ErrorKind::InvalidRequest, "render draws one row: give --head and --query");

    RenderOptions options = arguments.options;
    options.sharedLimits = !arguments.perMapLimits;
    options.timesUniform = !arguments.probability;
    options.curve = arguments.linear ? ValueCurve::Linear : ValueCurve::Logarithmic;
    options.samplesPerPatch = arguments.interpolated ? kInterpolatedSamples : 1;
    const QString path = QString::fromStdString(arguments.out);
    const ExportFormat format = exportFormatOfPath(path).value_or(ExportFormat::Png);
    if (format == ExportFormat::Csv || format == ExportFormat::Npy) {
        const TokenAxis& keys = keyAxisOf(*capture, *map);
        ValueScale unit;
        unit.keyCount = static_cast<double>(keys.length);
        const std::vector<NumberedRow> rows{{*map, *query, readRow(*capture, *map, *query)}};
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
                                "File to write: a picture (.png, .svg, .pdf), or the row's numbers (.csv, .npy)")
                    ->required();
                verb.add_option("--colors", arguments->options.colorMap, "Colour map: viridis, cividis, magma or grey");
                verb.add_option("--width", arguments->options.pictureWidth, "Pixels the picture is drawn wide")
                    ->check(CLI::Range(64, 8192));
                verb.add_flag("--per-map", arguments->perMapLimits,
                              "Limits of this map alone instead of all heads of its group");
                verb.add_flag("--probability", arguments->probability,
                              "Probabilities instead of multiples of uniform attention");
                verb.add_flag("--linear", arguments->linear, "Linear instead of logarithmic scale");
                verb.add_flag("--interpolated", arguments->interpolated,
                              "Interpolate between patch centres instead of exact patches");
                return [arguments] { return render(*arguments); };
            }};
}

} // namespace heedmap
