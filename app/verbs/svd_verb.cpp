#include "app/verbs/svd_verb.h"

#include "app/verbs/map_arguments.h"
#include "app/verbs/svd_report.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/npy.h"
#include "widgets/context/mode_sides.h"
#include "widgets/context/remembered_modes.h"
#include "widgets/image/exporter.h"
#include "widgets/image/picture_image.h"

#include <QRegularExpression>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace heedmap {

namespace {

struct SvdArguments : MapArguments
{
    std::int64_t modes = 8;
    std::string center = "none";
    bool withoutSpecial = false;
    std::size_t strongest = 8;
    std::int64_t like = 0;
    std::string out;
    bool json = false;
};

/// All heads of the sites, in order.
std::vector<MapChoice> allHeads(const Capture& capture, const GroupChoice& group, const std::optional<SiteHead>& first)
{
    std::vector<MapChoice> parts;
    for (const std::size_t site : group.sites)
        for (const int head : capture.site(site).headNumbers())
            parts.push_back({site, HeadChoice{head}, first});
    return parts;
}

std::vector<MapChoice> partsOf(const Capture& capture, const GroupChoice& group, const SvdArguments& arguments)
{
    if (arguments.heads == std::vector<std::string>{"all"})
        return allHeads(capture, group, arguments.firstIn(capture, group));
    const std::optional<MapChoice> map = arguments.mapIn(capture, group);
    if (!map->set || arguments.reduce != "stack")
        return {*map};
    std::vector<MapChoice> parts;
    for (const SiteHead& member : map->set->members)
        parts.push_back(map->with(member));
    return parts;
}

/// The group other heads are looked for in: that of --group, or of the site.
GroupChoice groupToSearch(const Capture& capture, const GroupChoice& group, const SvdArguments& arguments)
{
    if (arguments.site.empty())
        return group;
    return groupChoice(capture, capture.site(group.sites.front()).group).value_or(group);
}

void searchMode(const Capture& capture, const GroupChoice& group, const SvdArguments& arguments, SvdReport& report)
{
    const MapModes& reference = report.parts.result->front();
    const auto& subspaces = reference.modes.subspaces;
    const auto found = std::ranges::find_if(subspaces, [&](const ModeSubspace& subspace) {
        return arguments.like > subspace.first && arguments.like <= subspace.first + subspace.dimension;
    });
    if (found == subspaces.end())
        throw Error(ErrorKind::InvalidRequest, "--like {}: there is no such mode; they are numbered 1 to {}",
                    arguments.like, reference.modes.modeCount());
    report.like = static_cast<std::size_t>(found - subspaces.begin());
    ModesRequest request{allHeads(capture, group, arguments.firstIn(capture, group)), true, reference.modes.centring,
                         arguments.withoutSpecial, std::max<std::int64_t>(arguments.modes, 8)};
    std::erase_if(request.parts, [&](const MapChoice& part) {
        return reference.map.parts.size() == 1 && reference.map.parts.front() == part;
    });
    for (const MapModes& other : rememberedModes(arguments.cacheOf(capture), capture, request)) {
        const MapChoice& part = other.map.parts.front();
        if (const auto match = nearestMode(reference.modes, *found, other.modes, reference.map.parts.size() == 1))
            report.likenesses.push_back({{part.site, part.head}, *match});
    }
    std::ranges::stable_sort(report.likenesses, std::greater<>(),
                             [](const HeadLikeness& likeness) { return likeness.match.similarity; });
}

void writeMatrix(const Eigen::MatrixXd& matrix, const std::filesystem::path& path)
{
    const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows = matrix;
    writeFileAtomically(
        path, npyFromDoubles({rows.data(), static_cast<std::size_t>(rows.size())}, {matrix.rows(), matrix.cols()}));
}

/// Figures of an earlier call, which may have had more modes than this one.
void removeOldFigures(const std::filesystem::path& folder)
{
    static const QRegularExpression ours(QStringLiteral("^mode-[0-9]+\\.(png|svg)$"));
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
        if (entry.is_regular_file(ignored) &&
            ours.match(QString::fromStdString(entry.path().filename().string())).hasMatch())
            std::filesystem::remove(entry.path(), ignored);
}

void writeFolder(const Capture& capture, const SvdReport& report, const std::filesystem::path& folder)
{
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure)
        throw Error(ErrorKind::Io, "cannot make the folder {}: {}", folder.string(), failure.message());
    const SvdModes& modes = report.parts.result->front().modes;
    writeMatrix(modes.queries, folder / "U.npy");
    writeMatrix(modes.keys, folder / "V.npy");
    const std::span<const double> values(modes.values.data(), static_cast<std::size_t>(modes.values.size()));
    writeFileAtomically(folder / "S.npy", npyFromDoubles(values, {modes.values.size()}));
    removeOldFigures(folder);
    const auto path = [&](const std::string& name) { return QString::fromStdString((folder / name).string()); };
    writeExport(exporterOfTable(tableOfModes(capture, report.parts), ExportFormat::Csv), path("modes.csv"));
    ModeFigureParts parts = report.parts;
    parts.picture = embeddedPicture(capture);
    for (parts.subspace = 0; parts.subspace < modes.subspaces.size(); ++parts.subspace) {
        const std::string name = fmt::format("mode-{}", modes.subspaces[parts.subspace].first + 1);
        const Figure figure = figureOfMode(capture, parts);
        writeExport(exporterOfFigure(figure, ExportFormat::Png), path(name + ".png"));
        writeExport(exporterOfFigure(figure, ExportFormat::Svg), path(name + ".svg"));
    }
    const std::string json = svdJson(capture, report).dump(2) + '\n'; // last: what it names is there
    writeFileAtomically(folder / "svd.json", std::as_bytes(std::span(json)));
}

int runSvd(const SvdArguments& arguments)
{
    const std::shared_ptr<const Capture> capture = Capture::open(arguments.capturePath);
    const GroupChoice group = arguments.groupIn(*capture);
    const Centring centring = centringNamed(arguments.center);
    const ModesRequest request{partsOf(*capture, group, arguments), false, centring, arguments.withoutSpecial,
                               arguments.modes};
    SvdReport report;
    report.parts.group = groupToSearch(*capture, group, arguments).id;
    report.parts.withoutSpecial = arguments.withoutSpecial;
    report.parts.result =
        std::make_shared<const ModesResult>(rememberedModes(arguments.cacheOf(*capture), *capture, request));
    report.asked = arguments.modes;
    report.strongest = arguments.strongest;
    if (arguments.like > 0)
        searchMode(*capture, groupToSearch(*capture, group, arguments), arguments, report);
    if (arguments.json)
        fmt::print("{}\n", svdJson(*capture, report).dump(2));
    else if (arguments.out.empty())
        fmt::print("{}", svdText(*capture, report));
    if (!arguments.out.empty())
        writeFolder(*capture, report, arguments.out);
    if (!arguments.out.empty() && !arguments.json)
        fmt::print("{}: {} figures as PNG and SVG, U.npy, S.npy, V.npy, modes.csv, svd.json\n", arguments.out,
                   report.parts.result->front().modes.subspaces.size());
    return kDone;
}

void declare(CLI::App& verb, SvdArguments& arguments)
{
    arguments.reduce = "stack";
    verb.add_option("capture", arguments.capturePath, "Capture file (.heed)")->required();
    auto* which = verb.add_option_group("Heads", "Whose heads");
    which->add_option("--site", arguments.site, "One attention module, NAME or PASS/NAME as `heedmap info` lists them");
    which->add_option("--group", arguments.group, "Site group or composition as `heedmap info --json` lists them");
    which->require_option(1);
    verb.add_option("--head", arguments.heads,
                    "With --site a number from 0, or mean; with --group L1.H0, or L1.mean; several with commas between "
                    "or all: their maps stacked along the queries, [heads * queries, keys]")
        ->delimiter(',')
        ->required();
    verb.add_option("--reduce", arguments.reduce, "What several heads become: stack (the default), mean or max")
        ->check(CLI::IsMember({"stack", "mean", "max"}));
    verb.add_option("--first", arguments.first,
                    "Head of the first step of a composition, such as L1.H0 (the default: the mean of its last layer)");
    verb.add_option("--modes", arguments.modes, "How many modes (the default: 8)")->check(CLI::Range(1, 4096));
    verb.add_option("--center", arguments.center,
                    "What is subtracted first: none (the default), rows, columns or both: their means");
    verb.add_flag("--without-special", arguments.withoutSpecial,
                  "Rows renormalised over the keys that are no special tokens, which are left out");
    verb.add_option("--top", arguments.strongest, "Tokens and patches listed for each mode (the default: 8)")
        ->check(CLI::Range(1, 256));
    verb.add_option("--like", arguments.like, "Search for this mode (from 1) in all other heads of the group")
        ->check(CLI::Range(1, 4096));
    verb.add_flag("--json", arguments.json, "Print JSON");
    arguments.declareCache(verb);
    verb.add_option("--out", arguments.out,
                    "Folder to write to: figures of the modes (PNG, SVG), U.npy, S.npy, V.npy, modes.csv, svd.json");
}

} // namespace

Verb svdVerb()
{
    return {"svd", "Take a map apart into modes: which queries look together at which keys", VerbApplication::Headless,
            [](CLI::App& verb) {
                const auto arguments = std::make_shared<SvdArguments>();
                declare(verb, *arguments);
                return [arguments] { return runSvd(*arguments); };
            }};
}

} // namespace heedmap
