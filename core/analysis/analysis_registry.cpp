#include "core/analysis/analysis_registry.h"

#include "core/analysis/analysis_steps.h"
#include "core/analysis/attention_analyses.h"
#include "core/analysis/capture_command.h"
#include "core/analysis/gradient_relevance.h"
#include "core/analysis/rollout.h"
#include "core/analysis/truncated_svd.h"
#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

/// What is missing of what the analysis reads, in the capture as a whole or at the shown modules.
std::optional<AnalysisObstacle> missingNeed(const Analysis& analysis, const Capture& capture,
                                            const AnalysisScope& scope)
{
    const auto& sites = capture.manifest().sites;
    const auto lackOf = [&](const char* what) {
        return AnalysisObstacle{fmt::format("This capture holds no {}.", what),
                                "Capture again: " + captureCommand(capture, analysis.need), true};
    };
    if (analysis.need == AnalysisNeed::ValueNorms) {
        const auto hasNorms = [&](const SiteHead& head) { return !sites[head.site].valueNorms.empty(); };
        if (!std::ranges::all_of(scope.map.members(), hasNorms))
            return lackOf("value norms of these heads");
    }
    if (analysis.need == AnalysisNeed::Gradients) {
        const auto isComplete = [](const AttentionSite& site) {
            return !site.values.empty() && !site.outputGradients.empty();
        };
        if (!std::ranges::any_of(sites, isComplete))
            return lackOf("gradients");
    }
    return std::nullopt;
}

double weightsOf(const Capture& capture, std::size_t site)
{
    return static_cast<double>(capture.queryAxis(site).length) * static_cast<double>(capture.keyAxis(site).length);
}

/// Multiplications for one weight of one head and its gradient.
double costOfWeight(const Capture& capture, std::size_t site)
{
    constexpr double kUsual = 128; // a dot product of two heads, there and back
    const AttentionSite& description = capture.site(site);
    double width = 0;
    for (const std::string& tensor : {description.queries, description.outputGradients})
        if (!tensor.empty())
            width += static_cast<double>(capture.tensor(tensor).shape.back());
    return std::max(kUsual, width);
}

/// Heads that a first factor may be composed with, for each of which it is read again.
double headsBehind(const Capture& capture, std::size_t first)
{
    double heads = 0;
    for (const AttentionSite& site : capture.manifest().sites)
        if (site.queryAxis == capture.site(first).keyAxis)
            heads += site.heads;
    return heads;
}

/// The modules an analysis reads, or may read.
std::vector<std::size_t> sitesRead(const Analysis& analysis, const Capture& capture, const AnalysisScope& scope)
{
    std::vector<std::size_t> sites;
    const std::string& group = capture.site(scope.map.site).group;
    for (std::size_t site = 0; site < capture.manifest().sites.size(); ++site) {
        const bool isShown = site == scope.map.site || (scope.map.first && site == scope.map.first->site) ||
                             (scope.map.set && std::ranges::find(scope.map.set->members, site, &SiteHead::site) !=
                                                   scope.map.set->members.end());
        if (isShown || analysis.reach == AnalysisReach::Capture ||
            (analysis.reach == AnalysisReach::Group && capture.site(site).group == group))
            sites.push_back(site);
    }
    return sites;
}

/// A part of a map, or of the heads that are to become one map, would be taken for the whole.
std::optional<AnalysisObstacle> missingPart(const Analysis& analysis, const Capture& capture,
                                            const AnalysisScope& scope)
{
    const auto obstacle = [&](const std::string& what) {
        return AnalysisObstacle{what + " are stored in this capture, and it reads them all.",
                                "Capture again: " + captureCommand(capture, analysis.need), true};
    };
    std::vector<SiteHead> named{{scope.map.site, scope.map.head}};
    if (scope.map.set)
        named = scope.map.set->members;
    if (scope.map.first)
        named.push_back(*scope.map.first);
    for (const SiteHead& head : named)
        if (const AttentionSite& site = capture.site(head.site);
            !head.head.isMean() && !site.storedHeads.contains(head.head.head))
            return AnalysisObstacle{
                fmt::format("Head {} of \"{}\" is not stored in this capture.", head.head.head, printable(site.key())),
                "Capture again: " + captureCommand(capture, analysis.need), true};
    const auto missingRows = [&](std::size_t site) -> std::optional<AnalysisObstacle> {
        const TokenAxis& queries = capture.queryAxis(site);
        if (queries.storedQueries.areAll())
            return std::nullopt;
        return obstacle(fmt::format("{} of the {} rows of \"{}\"", queries.storedQueries.count(queries.length),
                                    queries.length, printable(queries.id)));
    };
    if (scope.map.first)
        if (std::optional<AnalysisObstacle> rows = missingRows(scope.map.site)) // a product needs them all
            return rows;
    if (analysis.ofToken) // reads one row, and lists the heads there are
        return std::nullopt;
    const std::string& group = capture.site(scope.map.site).group;
    for (const LeftOutSite& site : capture.manifest().leftOut)
        if (analysis.reach == AnalysisReach::Capture || (analysis.reach == AnalysisReach::Group && site.group == group))
            return AnalysisObstacle{fmt::format("The module \"{}\" of this run is not stored in this capture, and it "
                                                "reads them all.",
                                                printable(site.pass + "/" + site.name)),
                                    "Capture again: " + captureCommand(capture, analysis.need), true};
    for (const std::size_t index : sitesRead(analysis, capture, scope)) {
        if (std::optional<AnalysisObstacle> rows = missingRows(index))
            return rows;
        const AttentionSite& site = capture.site(index);
        const bool readsAllHeads = analysis.reach != AnalysisReach::Shown || analysis.need == AnalysisNeed::Gradients;
        if (readsAllHeads && !site.storedHeads.areAll())
            return obstacle(
                fmt::format("{} of the {} heads of \"{}\"", site.heldHeadCount(), site.heads, printable(site.key())));
    }
    return std::nullopt;
}

void noteWhatIsNoNumber(AnalysisResult& result)
{
    const auto isBroken = [](double value) { return !std::isfinite(value); };
    const auto broken = std::ranges::count_if(result.map, isBroken) + std::ranges::count_if(result.numbers, isBroken);
    if (broken > 0)
        result.notes.push_back(fmt::format("{} values are no numbers", broken));
}

} // namespace

std::span<const Analysis> analyses()
{
    static const std::vector<Analysis> kAnalyses{rawAttention(),
                                                 meanAttention(),
                                                 maxAttention(),
                                                 attentionRollout(),
                                                 attentionRolloutByLayer(),
                                                 gradientRelevance(),
                                                 gradientRelevanceByLayer(),
                                                 attentionGradCam(),
                                                 valueWeightedAttention(),
                                                 truncatedSvd(),
                                                 headStatisticsTable()};
    return kAnalyses;
}

const Analysis& analysisById(std::string_view id)
{
    std::vector<std::string> known;
    for (const Analysis& analysis : analyses()) {
        if (analysis.id == id)
            return analysis;
        known.emplace_back(analysis.id);
    }
    throw Error(ErrorKind::InvalidRequest, "there is no method \"{}\"{}", printable(id), namesThereAre(id, known));
}

std::optional<AnalysisObstacle> obstacleFor(const Analysis& analysis, const Capture& capture,
                                            const AnalysisScope& scope)
{
    const TokenAxis& queries = queryAxisOf(capture, scope.map);
    if (scope.query && (*scope.query < 0 || *scope.query >= queries.length))
        throw Error(ErrorKind::InvalidRequest, "there is no query {} on the axis \"{}\" of {} positions", *scope.query,
                    printable(queries.id), queries.length);
    if (!analysis.ofComposed)
        if (std::optional<AnalysisObstacle> composed = composedObstacle(capture, scope)) // no capture would help
            return composed;
    if (std::optional<AnalysisObstacle> missing = missingNeed(analysis, capture, scope))
        return missing;
    if (std::optional<AnalysisObstacle> part = missingPart(analysis, capture, scope))
        return part;
    if (analysis.ofToken && scope.query && !queries.storedQueries.contains(*scope.query))
        return AnalysisObstacle{
            fmt::format("Row {} of \"{}\" is not stored in this capture.", *scope.query, printable(queries.id)),
            "Choose another token."};
    return analysis.obstacle(capture, scope);
}

double costOfAnalysis(const Analysis& analysis, const Capture& capture, const AnalysisScope& scope)
{
    const auto isRead = [&](std::size_t site) {
        if (analysis.reach == AnalysisReach::Capture || scope.map.set || scope.map.isComposed())
            return true;
        const bool wholeGroup = analysis.reach == AnalysisReach::Group;
        return wholeGroup ? capture.site(site).group == capture.site(scope.map.site).group : site == scope.map.site;
    };
    double positions = 0; // of all axes: what a product with every stream of relevance is as wide as
    if (analysis.need == AnalysisNeed::Gradients)
        for (const auto& [id, axis] : capture.manifest().axes)
            positions += static_cast<double>(axis.length);
    double cost = 0;
    for (std::size_t site = 0; site < capture.manifest().sites.size(); ++site) {
        const auto keys = static_cast<double>(capture.keyAxis(site).length);
        if (isRead(site))
            cost +=
                weightsOf(capture, site) * (capture.site(site).heads * costOfWeight(capture, site) + keys + positions);
    }
    if (!scope.map.isComposed())
        return cost;
    const std::size_t first = scope.map.first->site;
    const double perHead = weightsOf(capture, first) * (capture.site(first).heads * costOfWeight(capture, first) +
                                                        static_cast<double>(capture.keyAxis(scope.map.site).length));
    return cost + headsBehind(capture, first) * perHead;
}

AnalysisResult runAnalysis(const AnalysisSettings& settings, const Capture& capture, const AnalysisScope& scope,
                           std::stop_token stop, std::function<void(double)> report)
{
    const Analysis& analysis = settings.analysis();
    if (const std::optional<AnalysisObstacle> obstacle = obstacleFor(analysis, capture, scope))
        throw Error(obstacle->isOfFile ? ErrorKind::NotFound : ErrorKind::InvalidRequest, "{}: {} {}", analysis.title,
                    obstacle->reason, obstacle->remedy);
    AnalysisProgress progress(std::move(stop), std::move(report));
    AnalysisResult result = analysis.run(capture, scope, settings, progress);
    result.unit = analysis.unit;
    if (analysis.need == AnalysisNeed::Gradients)
        result.notes.insert(result.notes.begin(), "y: " + gradientTargetLabel(*capture.manifest().gradientTarget));
    noteWhatIsNoNumber(result);
    return result;
}

} // namespace heedmap
