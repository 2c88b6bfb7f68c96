#include "core/analysis/rollout.h"

#include "core/analysis/analysis_steps.h"
#include "core/base/error.h"

#include <algorithm>

namespace heedmap {

namespace {

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

AnalysisResult runRollout(const Capture& capture, const AnalysisScope& scope, const AnalysisSettings& settings,
                          AnalysisProgress& progress)
{
    std::vector<std::size_t> sites = layersOf(capture, scope);
    const auto wanted = static_cast<std::size_t>(settings.number("layers"));
    if (wanted > 0 && wanted < sites.size())
        sites.resize(wanted);
    AnalysisResult result = emptyMap(capture, scope.map);
    const RolloutRule rule{fusionNamed(settings.choice("fusion")), settings.number("residual")};
    result.map = floatsOf(rollout(capture, sites, rule, progress));
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
    AnalysisParameter layers{"layers", "Layers", "How many layers, counted from the first."};
    layers.high = 1000;
    layers.whole = true;
    layers.lowestMeans = "all";
    return {fusion, residual, layers};
}

} // namespace

RealMatrix rollout(const Capture& capture, std::span<const std::size_t> sites, const RolloutRule& rule,
                   AnalysisProgress& progress)
{
    double total = 0;
    for (const std::size_t site : sites) {
        const double tokens = static_cast<double>(capture.keyAxis(site).length);
        total += tokens * tokens * (capture.site(site).heads + 1);
    }
    progress.begin(total);
    RealMatrix through;
    for (const std::size_t site : sites) {
        RealMatrix layer = fusedAttention(capture, site, rule.fusion, progress);
        addResidual(layer, rule.residual);
        through = through.size() == 0 ? std::move(layer) : productOf(layer, through, progress);
    }
    return through;
}

Analysis attentionRollout()
{
    return {"rollout",
            "Attention rollout",
            "Ã_L · … · Ã_1,  Ã = (1 − r) · fused A + r · I,  each row divided by its sum",
            "Abnar & Zuidema 2020, arXiv 2005.00928",
            "rollout, rows sum to one",
            AnalysisNeed::Attention,
            ResultShape::Map,
            AnalysisReach::Group,
            false,
            rolloutParameters(),
            rolloutObstacle,
            runRollout};
}

} // namespace heedmap
