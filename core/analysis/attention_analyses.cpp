#include "core/analysis/attention_analyses.h"

#include "core/analysis/analysis_steps.h"
#include "core/analysis/head_statistics.h"
#include "core/base/error.h"
#include "core/capture/head_reduction.h"

#include <array>

namespace heedmap {

namespace {

constexpr ParameterChoice kLayer{"layer", "the shown layer"};
constexpr ParameterChoice kGroup{"group", "all layers"};

AnalysisParameter whichHeads()
{
    AnalysisParameter heads{"over", "Over the heads of", "Whose heads become one map."};
    heads.kind = ParameterKind::Choice;
    heads.choices = {kLayer, kGroup};
    return heads;
}

std::optional<AnalysisObstacle> none(const Capture&, const AnalysisScope&)
{
    return std::nullopt;
}

AnalysisResult readShown(const Capture& capture, const MapChoice& map, AnalysisProgress& progress)
{
    AnalysisResult result = emptyMap(capture, map);
    mapSize(capture, map);
    progress.begin(1);
    result.map = readMap(capture, map);
    progress.advance(1);
    return result;
}

AnalysisResult runRaw(const Capture& capture, const AnalysisScope& scope, const AnalysisSettings&,
                      AnalysisProgress& progress)
{
    return readShown(capture, scope.map, progress);
}

/// The held heads of the shown layer, or of every layer of the group whose axes are the same.
HeadSet headsOf(const Capture& capture, const AnalysisScope& scope, bool wholeGroup, Reduction reduction)
{
    HeadSet set{{}, {}, reduction};
    const AttentionSite& shown = capture.site(scope.map.site);
    for (const std::size_t site : capture.manifest().sitesOfGroup(shown.group)) {
        const AttentionSite& candidate = capture.site(site);
        const bool fits = candidate.queryAxis == shown.queryAxis && candidate.keyAxis == shown.keyAxis;
        if (site == scope.map.site || (wholeGroup && fits))
            for (const int head : candidate.headNumbers())
                set.members.push_back({site, HeadChoice{head}});
    }
    return set;
}

/// Head by head, so that it can be stopped between two of them.
AnalysisResult runReduced(const Capture& capture, const AnalysisScope& scope, const AnalysisSettings& settings,
                          AnalysisProgress& progress, Reduction reduction)
{
    const HeadSet set = headsOf(capture, scope, settings.choice("over") == "group", reduction);
    AnalysisResult result = emptyMap(capture, scope.map);
    result.map.resize(mapSize(capture, scope.map));
    HeadReduction sum(reduction, result.map.size());
    progress.begin(static_cast<double>(set.members.size()));
    for (const SiteHead& member : set.members) {
        sum.add(readMap(capture, scope.map.with(member)));
        progress.advance(1);
    }
    sum.finish(result.map);
    result.notes = {set.label()};
    return result;
}

AnalysisResult runMean(const Capture& capture, const AnalysisScope& scope, const AnalysisSettings& settings,
                       AnalysisProgress& progress)
{
    return runReduced(capture, scope, settings, progress, Reduction::Mean);
}

AnalysisResult runMax(const Capture& capture, const AnalysisScope& scope, const AnalysisSettings& settings,
                      AnalysisProgress& progress)
{
    return runReduced(capture, scope, settings, progress, Reduction::Max);
}

/// α_ij ‖V_j W_O‖ of one head, [queries, keys], or the mean of that over the heads of a site.
void addValueWeighted(const Capture& capture, const SiteHead& which, AnalysisProgress& progress, HeadReduction& out)
{
    const AttentionSite& site = capture.site(which.site);
    const auto keys = static_cast<std::size_t>(capture.keyAxis(which.site).length);
    const TensorView allNorms = capture.tensor(site.valueNorms); // [held heads, keys]
    std::vector<float> norms(keys);
    const std::vector<int> heads = which.head.isMean() ? site.headNumbers() : std::vector<int>{which.head.head};
    HeadReduction mean(Reduction::Mean, mapSize(capture, {which.site, which.head, std::nullopt}));
    std::vector<float> map;
    for (const int head : heads) {
        map = readMap(capture, {which.site, HeadChoice{head}, std::nullopt});
        allNorms.copyFloats(site.storedHeads.placeOf(head) * static_cast<std::int64_t>(keys), norms);
        for (std::size_t i = 0; i < map.size(); ++i)
            map[i] *= norms[i % keys];
        mean.add(map);
        progress.advance(1);
    }
    mean.finish(map);
    out.add(map);
}

AnalysisResult runValueWeighted(const Capture& capture, const AnalysisScope& scope, const AnalysisSettings&,
                                AnalysisProgress& progress)
{
    const std::vector<SiteHead> members = scope.map.members();
    double heads = 0;
    for (const SiteHead& member : members)
        heads += member.head.isMean() ? capture.site(member.site).heldHeadCount() : 1;
    progress.begin(heads);
    AnalysisResult result = emptyMap(capture, scope.map);
    result.map.resize(mapSize(capture, scope.map));
    HeadReduction reduced(reductionOf(scope.map), result.map.size());
    for (const SiteHead& member : members)
        addValueWeighted(capture, member, progress, reduced);
    reduced.finish(result.map);
    if (heads > 1)
        result.notes = {scope.map.set ? scope.map.set->label() + "; of lengths, not the length of a sum"
                                      : "mean of the heads' lengths, not the length of their sum"};
    return result;
}

std::optional<AnalysisObstacle> statisticsObstacle(const Capture&, const AnalysisScope& scope)
{
    if (scope.query)
        return std::nullopt;
    return AnalysisObstacle{"Statistics are those of one row.", "Choose a token."};
}

AnalysisResult runStatistics(const Capture& capture, const AnalysisScope& scope, const AnalysisSettings&,
                             AnalysisProgress& progress)
{
    AnalysisResult result;
    result.shape = ResultShape::Table;
    const KeyRoles keys(keyAxisOf(capture, scope.map));
    std::vector<const HeadStatistic*> statistics;
    for (const HeadStatistic& statistic : headStatistics())
        if (!statistic.ofPatches || !keys.patches.empty()) {
            statistics.push_back(&statistic);
            result.columns.push_back(fmt::format("{} ({})", statistic.title, statistic.unit));
        }
    const HeadSet heads = headsOf(capture, scope, true, Reduction::Mean);
    progress.begin(static_cast<double>(heads.members.size()));
    for (const SiteHead& head : heads.members) {
        const std::vector<float> row = readRow(capture, scope.map.with(head), *scope.query);
        result.rows.push_back(fmt::format("L{} · H{}", capture.site(head.site).layer, head.head.head));
        for (const HeadStatistic* statistic : statistics)
            result.numbers.push_back(statistic->ofRow(row, keys));
        progress.advance(1);
    }
    return result;
}

/// "entropy: H = −Σ p ln p; …".
std::string ofEveryStatistic(const char* HeadStatistic::*what)
{
    std::vector<std::string> parts;
    for (const HeadStatistic& statistic : headStatistics())
        parts.push_back(fmt::format("{}: {}", statistic.title, statistic.*what));
    return fmt::format("{}", fmt::join(parts, "; "));
}

} // namespace

Analysis rawAttention()
{
    return {"raw",
            "Attention",
            "A = softmax(Q Kᵀ · scale)",
            "Vaswani et al. 2017, arXiv 1706.03762",
            "probability",
            AnalysisNeed::Attention,
            ResultShape::Map,
            AnalysisReach::Shown,
            false,
            {},
            none,
            runRaw};
}

Analysis meanAttention()
{
    return {"mean",
            "Mean over heads",
            "mean over heads h of A_h",
            "the arithmetic mean of probabilities",
            "probability",
            AnalysisNeed::Attention,
            ResultShape::Map,
            AnalysisReach::Group,
            false,
            {whichHeads()},
            none,
            runMean};
}

Analysis maxAttention()
{
    return {"max",
            "Maximum over heads",
            "max over heads h of A_h, weight by weight",
            "the largest of probabilities; its rows do not sum to one",
            "probability, not a distribution",
            AnalysisNeed::Attention,
            ResultShape::Map,
            AnalysisReach::Group,
            false,
            {whichHeads()},
            none,
            runMax};
}

Analysis valueWeightedAttention()
{
    return {"value_weighted",
            "Value-weighted attention",
            "‖α_ij V_j W_O‖ = α_ij ‖V_j W_O‖ of each head",
            "Kobayashi et al. 2020, arXiv 2004.10102",
            "length of what a key adds, no probability",
            AnalysisNeed::ValueNorms,
            ResultShape::Map,
            AnalysisReach::Shown,
            false,
            {},
            none,
            runValueWeighted,
            false};
}

Analysis headStatisticsTable()
{
    static const std::string kFormulas =
        ofEveryStatistic(&HeadStatistic::formula) + "; w one row of a head, p = w / Σ w, q = w / Σ w over patches";
    static const std::string kSources = ofEveryStatistic(&HeadStatistic::source);
    return {"statistics",
            "Head statistics",
            kFormulas.c_str(),
            kSources.c_str(),
            "each column its own",
            AnalysisNeed::Attention,
            ResultShape::Table,
            AnalysisReach::Group,
            true,
            {},
            statisticsObstacle,
            runStatistics};
}

} // namespace heedmap
