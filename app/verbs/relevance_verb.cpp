#include "app/verbs/relevance_verb.h"

#include "app/verbs/gradient_arguments.h"
#include "app/verbs/map_arguments.h"
#include "app/verbs/run_arguments.h"
#include "app/verbs/run_to_capture.h"
#include "core/analysis/analysis_registry.h"
#include "core/analysis/capture_command.h"
#include "core/analysis/gradient_relevance.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/npy.h"
#include "core/base/utf8.h"
#include "widgets/image/analysis_figure.h"
#include "widgets/image/exporter.h"
#include "widgets/image/picture_image.h"

#include <QTemporaryDir>

#include <filesystem>
#include <memory>

namespace heedmap {

namespace {

struct RelevanceArguments : MapArguments
{
    RunArguments run; ///< instead of a capture: one is made and thrown away
    std::string method = "relevance";
    std::string target;
    std::vector<std::string> values; ///< NAME=VALUE
    std::string out;
    std::string colorMap = "viridis";
    int pictureWidth = 720;
    bool list = false;
};

void printParameter(const AnalysisParameter& parameter)
{
    std::string range =
        fmt::format("{:g} to {:g}, {:g} unless given", parameter.low, parameter.high, parameter.standard);
    std::vector<std::string> names{"off", "on"};
    if (parameter.kind == ParameterKind::Choice) {
        names.clear();
        for (const ParameterChoice& choice : parameter.choices)
            names.emplace_back(choice.id);
    }
    if (parameter.kind != ParameterKind::Number)
        range = fmt::format("{}; {} unless given", fmt::join(names, ", "),
                            names[static_cast<std::size_t>(parameter.standard)]);
    else if (parameter.lowestMeans)
        range += fmt::format("; {:g} is {}", parameter.low, parameter.lowestMeans);
    fmt::print("    --set {}=…  {} ({})\n", parameter.id, parameter.meaning, range);
}

int printRegistry()
{
    for (const Analysis& analysis : analyses()) {
        fmt::print("{}  {}\n", analysis.id, analysis.title);
        std::string formula = analysis.formula;
        for (std::size_t line = formula.find('\n'); line != std::string::npos; line = formula.find('\n', line + 5))
            formula.replace(line, 1, "\n    ");
        fmt::print("    {}\n    source: {}\n    unit: {}\n", formula, analysis.source, analysis.unit);
        if (analysis.need == AnalysisNeed::ValueNorms)
            fmt::print("    needs value norms: heedmap capture --values\n");
        if (analysis.need == AnalysisNeed::Gradients)
            fmt::print("    needs gradients: heedmap capture --gradients TARGET\n");
        for (const AnalysisParameter& parameter : analysis.parameters)
            printParameter(parameter);
    }
    return kDone;
}

AnalysisSettings settingsOf(const RelevanceArguments& arguments)
{
    AnalysisSettings settings(analysisById(arguments.method));
    for (const std::string& value : arguments.values) {
        const std::size_t equals = value.find('=');
        if (equals == std::string::npos)
            throw Error(ErrorKind::InvalidRequest, "--set {} is no NAME=VALUE", printable(value));
        settings.setText(value.substr(0, equals), value.substr(equals + 1));
    }
    return settings;
}

/// What is looked at without --group and --site: from where y was read to the picture, else what the window opens with.
GroupChoice usualGroup(const Capture& capture)
{
    const std::vector<GroupChoice> groups = groupChoices(capture);
    if (groups.empty())
        throw Error(ErrorKind::InvalidRequest, "{} holds no attention", capture.path().string());
    const std::optional<GradientTarget>& target = capture.manifest().gradientTarget;
    const CaptureOutput* output = target ? capture.manifest().output(target->output) : nullptr;
    for (const GroupChoice& group : groups) {
        const std::size_t first = group.isComposed() ? group.firstSites.front() : group.sites.front();
        if (output && capture.queryAxis(first).id == output->axis && hasPatches(capture.keyAxis(group.sites.front())))
            return group;
    }
    const std::string usual = initialSelection(capture).group;
    return groupChoice(capture, usual).value_or(groups.front());
}

AnalysisScope scopeOf(const Capture& capture, const RelevanceArguments& arguments)
{
    const bool isNamed = !arguments.group.empty() || !arguments.site.empty();
    const GroupChoice group = isNamed ? arguments.groupIn(capture) : usualGroup(capture);
    AnalysisScope scope;
    scope.map = arguments.mapIn(capture, group)
                    .value_or(MapChoice{group.sites.back(), HeadChoice::mean(), arguments.firstIn(capture, group)});
    scope.group = scope.map.isComposed() ? group.id : capture.site(scope.map.site).group;
    const TokenAxis& queries = queryAxisOf(capture, scope.map);
    scope.query = arguments.queryOn(queries);
    return scope;
}

void checkTarget(const Capture& capture, const RelevanceArguments& arguments, const Analysis& analysis)
{
    if (analysis.need != AnalysisNeed::Gradients) {
        if (!arguments.target.empty())
            throw Error(ErrorKind::InvalidRequest, "{} is not about an output: leave --target out", analysis.id);
        return;
    }
    checkGradientTarget(capture.manifest(), arguments.target);
    if (!capture.manifest().gradientTarget || holdsGradientsOf(capture.manifest(), arguments.target))
        return;
    throw Error(ErrorKind::NotFound, "{} holds the gradients of {}, not of \"{}\". Capture again: {}",
                capture.path().string(), gradientTargetLabel(*capture.manifest().gradientTarget),
                printable(arguments.target), captureCommand(capture, AnalysisNeed::Gradients, arguments.target));
}

/// The row that is drawn: --query, else the one y was read from; of a series else the mean.
std::optional<std::int64_t> rowOfFigure(const ShownAnalysis& shown)
{
    if (shown.result->shape == ResultShape::Table)
        return std::nullopt;
    if (shown.scope.query)
        return shown.scope.query;
    const std::optional<std::int64_t> row = targetRowOn(*shown.capture, shown.result->queryAxis);
    if (row || shown.result->shape == ResultShape::Series)
        return row;
    throw Error(ErrorKind::InvalidRequest, "a picture shows one row: give --query, a token of \"{}\"",
                printable(shown.result->queryAxis));
}

std::vector<std::byte> npyOf(const ShownAnalysis& shown)
{
    if (shown.result->shape != ResultShape::Map)
        return npyFromTable(tableOfAnalysis(shown));
    const std::int64_t keys = shown.capture->manifest().axis(shown.result->keyAxis).length;
    if (shown.row)
        return npyFromFloats(rowOf(*shown.result, *shown.row, keys), {keys});
    return npyFromFloats(shown.result->map, {shown.capture->manifest().axis(shown.result->queryAxis).length, keys});
}

void write(ShownAnalysis shown, const RelevanceArguments& arguments)
{
    const QString path = QString::fromStdString(arguments.out);
    const ExportFormat format = exportFormatFor(arguments.out);
    if (format == ExportFormat::Npy)
        return writeFileAtomically(arguments.out, npyOf(shown));
    if (isNumbers(format))
        return writeExport(exporterOfTable(tableOfAnalysis(shown), format), path);
    shown.row = rowOfFigure(shown);
    AnalysisColors colors;
    colors.colors = &colorMapByName(arguments.colorMap);
    const QImage picture = embeddedPicture(*shown.capture);
    writeExport(exporterOfFigure(figureOfAnalysis(shown, colors, picture, arguments.pictureWidth), format, 1), path);
}

int analyse(const std::shared_ptr<const Capture>& capture, const AnalysisSettings& settings,
            const RelevanceArguments& arguments)
{
    const AnalysisScope scope = scopeOf(*capture, arguments);
    checkTarget(*capture, arguments, settings.analysis());
    ShownAnalysis shown{capture, scope, settings, nullptr, scope.query};
    shown.result = std::make_shared<const AnalysisResult>(runAnalysis(settings, *capture, scope));
    if (shown.result->shape == ResultShape::Series)
        shown.row = rowOfFigure(shown);
    write(shown, arguments);
    fmt::print("{}: {}", arguments.out, analysisHeadline(shown).toStdString());
    fmt::print("\n{}; {}\n", shown.result->unit, fmt::join(shown.result->notes, "; "));
    return kDone;
}

/// Runs the model with what the method needs. What a word means as y is known from the answer alone, so that gradients
/// take a second run.
int runAndAnalyse(const AnalysisSettings& settings, const RelevanceArguments& arguments)
{
    const QTemporaryDir folder;
    if (!folder.isValid())
        throw Error(ErrorKind::Io, "cannot make a temporary folder: {}", folder.errorString().toStdString());
    VerbEngine engine;
    RunSpec spec = arguments.run.spec(folder.filePath("run.heed").toStdString());
    spec.options["values"] = settings.analysis().need == AnalysisNeed::ValueNorms;
    runToCapture(engine, spec);
    std::shared_ptr<const Capture> capture = Capture::open(spec.capturePath.toStdString());
    if (settings.analysis().need == AnalysisNeed::Gradients) {
        GradientArguments gradients;
        gradients.target = gradientArgument(capture->manifest(), arguments.target);
        gradients.addTo(spec.options);
        spec.capturePath = folder.filePath("gradients.heed");
        runToCapture(engine, spec);
        capture = Capture::open(spec.capturePath.toStdString());
    }
    return analyse(capture, settings, arguments);
}

/// What can be wrong with where and how the result is written, told before a model runs for it.
void checkOutput(const RelevanceArguments& arguments)
{
    exportFormatFor(arguments.out);
    colorMapByName(arguments.colorMap);
    const std::filesystem::path folder = std::filesystem::absolute(arguments.out).parent_path();
    if (!std::filesystem::is_directory(folder))
        throw Error(ErrorKind::Io, "cannot write {}: there is no folder {}", arguments.out, folder.string());
}

int runRelevance(const RelevanceArguments& arguments)
{
    if (arguments.list)
        return printRegistry();
    const AnalysisSettings settings = settingsOf(arguments);
    const bool runs = !arguments.run.image.empty() || !arguments.run.text.empty();
    if (arguments.out.empty() || runs != arguments.capturePath.empty())
        throw Error(ErrorKind::InvalidRequest,
                    "give --out and either a capture or --image and --text, or --list to see the methods");
    checkOutput(arguments);
    return runs ? runAndAnalyse(settings, arguments)
                : analyse(Capture::open(arguments.capturePath), settings, arguments);
}

} // namespace

Verb relevanceVerb()
{
    return {"relevance", "Compute what a map means: relevance, rollout, Grad-CAM and more", VerbApplication::Headless,
            [](CLI::App& verb) {
                const auto arguments = std::make_shared<RelevanceArguments>();
                arguments->declare(verb);
                verb.get_option("capture")->required(false);
                arguments->run.declare(verb);
                verb.get_option("--model")->excludes("capture");
                verb.get_option_group("Heads")->require_option(0, 1);
                verb.add_flag("--list", arguments->list, "Print every method with its formula, source and parameters");
                verb.add_option("--method", arguments->method, "One of --list (the default: relevance)");
                verb.add_option("--target", arguments->target,
                                "What the gradients must be of: a generated token, as text or as answer:0, or a score");
                verb.add_option("--set", arguments->values, "NAME=VALUE, a parameter of the method; may be given again")
                    ->type_size(1)
                    ->allow_extra_args(false);
                verb.add_option("--out", arguments->out,
                                "File to write: numbers (.npy, .csv, .json) or a picture (.png, .svg, .pdf)");
                verb.add_option("--colors", arguments->colorMap, "Colour map: viridis, cividis, magma or grey");
                verb.add_option("--width", arguments->pictureWidth, "Pixels the picture is drawn wide")
                    ->check(CLI::Range(64, 8192));
                verb.footer("With --image or --text the model runs first. Without --group and --site: from the tokens "
                            "y was read from to the picture. Numbers are "
                            "[queries, keys], with --query [keys]; pictures show the row of --query, or the one that "
                            "predicted y. A series by layer is of the row of --query, else of the one that predicted "
                            "y, else the mean over all queries but special tokens: [layers, parts].");
                return [arguments] { return runRelevance(*arguments); };
            }};
}

} // namespace heedmap
