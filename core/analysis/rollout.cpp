#include "core/analysis/rollout.h"

#include "core/analysis/analysis_steps.h"
#include "core/analysis/layer_series.h"
#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

const char* const kSource = "Abnar & Zuidema 2020, arXiv 2005.00928; head fusion and discard ratio: "
                            "github.com/jacobgil/vit-explain";

/// Zero for the `share` of all weights that are the smallest. One that is no number is never among them.
void discardLowest(RealMatrix& fused, double share)
{
    const auto count = static_cast<std::ptrdiff_t>(static_cast<double>(fused.size()) * share);
    if (count == 0)
        return;
    std::vector<double> sorted(fused.data(), fused.data() + fused.size());
    const auto isSmaller = [](double a, double b) { return a < b || (std::isnan(b) && !std::isnan(a)); };
    std::ranges::nth_element(sorted, sorted.begin() + (count - 1), isSmaller);
    const double last = sorted[static_cast<std::size_t>(count - 1)];
    auto equal =
        count - std::count_if(sorted.begin(), sorted.begin() + count, [&](double value) { return value < last; });
    for (Eigen::Index i = 0; i < fused.size(); ++i) {
        double& weight = fused.data()[i];
        const bool isDropped = weight < last || (weight == last && equal-- > 0);
        if (isDropped && i > 0)
            weight = 0;
    }
}

/// Ã of one layer, in place.
void addResidual(RealMatrix& fused, double residual)
{
    fused *= 1 - residual;
    fused.diagonal().array() += residual;
    for (Eigen::Index row = 0; row < fused.rows(); ++row)
        if (const double sum = fused.row(row).sum(); sum != 0)
            fused.row(row) /= sum;
}

bool isSelf(const AttentionSite& site)
{
    return site.queryAxis == site.keyAxis;
}

/// The layers of the shown group that lie on the axis of the shown one.
std::vector<std::size_t> layersOf(const Capture& capture, const AnalysisScope& scope)
{
    const AttentionSite& shown = capture.site(scope.map.site);
    std::vector<std::size_t> sites;
    for (const std::size_t site : capture.manifest().sitesOfGroup(shown.group))
        if (capture.site(site).queryAxis == shown.queryAxis && isSelf(capture.site(site)))
            sites.push_back(site);
    return sites;
}

std::optional<AnalysisObstacle> rolloutObstacle(const Capture& capture, const AnalysisScope& scope)
{
    if (!scope.map.isComposed() && isSelf(capture.site(scope.map.site)))
        return std::nullopt;
    const std::string groups = groupsToChoose(capture, isSelf);
    return AnalysisObstacle{"Rollout goes through the layers of self-attention; the shown map looks from one axis at "
                            "another.",
                            groups.empty() ? "This capture has no self-attention." : groups, groups.empty()};
}

HeadFusion fusionNamed(const std::string& name)
{
    return name == "max" ? HeadFusion::Max : name == "min" ? HeadFusion::Min : HeadFusion::Mean;
}

RolloutRule ruleOf(const AnalysisSettings& settings)
{
    return {fusionNamed(settings.choice("fusion")), settings.number("residual"), settings.number("discard")};
}

AnalysisResult runRollout(const Capture& capture, const AnalysisScope& scope, const AnalysisSettings& settings,
                          AnalysisProgress& progress)
{
    std::vector<std::size_t> sites = layersOf(capture, scope);
    const auto wanted = static_cast<std::size_t>(settings.number("layers"));
    if (wanted > 0 && wanted < sites.size())
        sites.resize(wanted);
    AnalysisResult result = emptyMap(capture, scope.map);
    result.map = floatsOf(rollout(capture, sites, ruleOf(settings), progress));
    result.notes = {fmt::format("through {} of {} layers", sites.size(), layersOf(capture, scope).size())};
    return result;
}

std::vector<AnalysisParameter> rolloutParameters()
{
    AnalysisParameter fusion{"fusion", "Heads", "How the heads of a layer become one map."};
    fusion.kind = ParameterKind::Choice;
    fusion.choices = {{"mean", "mean"}, {"max", "maximum"}, {"min", "minimum"}};
    AnalysisParameter residual{"residual", "Residual share",
                               "How much of each layer passes by its attention: the share of the identity."};
    residual.standard = 0.5;
    AnalysisParameter discard{
        "discard", "Discard ratio",
        "This share of a layer's weights, the smallest of the whole map, becomes zero before the residual is added; "
        "the "
        "weight of the first token on itself stays. As discard_ratio in vit-explain, where 0.9 is usual."};
    discard.lowestMeans = "nothing";
    return {fusion, residual, discard};
}

/// Those, and how far.
std::vector<AnalysisParameter> mapParameters()
{
    AnalysisParameter layers{"layers", "Layers", "How many layers, counted from the first."};
    layers.high = 1000;
    layers.whole = true;
    layers.lowestMeans = "all";
    std::vector<AnalysisParameter> parameters = rolloutParameters();
    parameters.push_back(layers);
    return parameters;
}

std::vector<AnalysisParameter> seriesParameters()
{
    std::vector<AnalysisParameter> parameters = rolloutParameters();
    parameters.push_back(partsParameter());
    return parameters;
}

AnalysisResult runByLayer(const Capture& capture, const AnalysisScope& scope, const AnalysisSettings& settings,
                          AnalysisProgress& progress)
{
    const std::vector<std::size_t> sites = layersOf(capture, scope);
    AnalysisResult result = emptySeries(capture, scope.map);
    const TokenAxis& axis = capture.manifest().axis(result.queryAxis);
    const std::vector<AxisPart> parts = partsOfAxis(axis, settings);
    addParts(result, axis, parts);
    for (const std::size_t site : sites)
        addStep(result, capture, site);
    reserveNumbers(result, capture);
    for (const RealMatrix& layer : rolloutByLayer(capture, sites, ruleOf(settings), indicatorOf(axis, parts), progress))
        addNumbers(result, {&layer, 1});
    return result;
}

/// `state` ← Ã · state for one layer after another; an empty one stands for the identity. Calls after(state) each time.
template <typename After>
void takeLayers(const Capture& capture, std::span<const std::size_t> sites, const RolloutRule& rule, RealMatrix& state,
                AnalysisProgress& progress, After after)
{
    double total = 0;
    for (const std::size_t site : sites) {
        const auto tokens = static_cast<double>(capture.keyAxis(site).length);
        const double columns = state.size() == 0 ? tokens : static_cast<double>(state.cols());
        total += tokens * (tokens * capture.site(site).heads + columns);
    }
    progress.begin(total);
    for (const std::size_t site : sites) {
        RealMatrix layer = fusedAttention(capture, site, rule.fusion, progress);
        discardLowest(layer, rule.discard);
        addResidual(layer, rule.residual);
        state = state.size() == 0 ? std::move(layer) : productOf(layer, state, progress);
        after(state);
    }
}

} // namespace

RealMatrix rollout(const Capture& capture, std::span<const std::size_t> sites, const RolloutRule& rule,
                   AnalysisProgress& progress)
{
    RealMatrix through;
    takeLayers(capture, sites, rule, through, progress, [](const RealMatrix&) {});
    return through;
}

std::vector<RealMatrix> rolloutByLayer(const Capture& capture, std::span<const std::size_t> sites,
                                       const RolloutRule& rule, const RealMatrix& parts, AnalysisProgress& progress)
{
    std::vector<RealMatrix> layers;
    RealMatrix state = parts;
    takeLayers(capture, sites, rule, state, progress, [&layers](const RealMatrix& now) { layers.push_back(now); });
    return layers;
}

Analysis attentionRollout()
{
    return {"rollout",
            "Attention rollout",
            "Ã_L · … · Ã_1,  Ã = (1 − r) · fused A + r · I,  each row divided by its sum",
            kSource,
            "rollout, rows sum to one",
            AnalysisNeed::Attention,
            ResultShape::Map,
            AnalysisReach::Group,
            false,
            mapParameters(),
            rolloutObstacle,
            runRollout};
}

Analysis attentionRolloutByLayer()
{
    return {
        "rollout_layers",
        "Rollout by layer",
        "after layer l: Σ over the keys of a part of Ã_l · … · Ã_1,  Ã = (1 − r) · fused A + r · I,  each row divided "
        "by its sum",
        kSource,
        "share of the rollout",
        AnalysisNeed::Attention,
        ResultShape::Series,
        AnalysisReach::Group,
        false,
        seriesParameters(),
        rolloutObstacle,
        runByLayer};
}

} // namespace heedmap
