#include "widgets/image/series_scene.h"

#include "core/analysis/axis_parts.h"
#include "core/analysis/layer_series.h"
#include "widgets/context/map_navigation.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

/// The module of a step's layer that looks from one axis at the other; the step's own where it does.
std::optional<std::size_t> moduleOf(const Capture& capture, const SeriesStep& step, const std::string& from,
                                    const std::string& to)
{
    const AttentionSite& last = capture.site(step.site);
    const auto fits = [&](const AttentionSite& site) {
        return site.queryAxis == from && site.keyAxis == to && site.pass == last.pass && site.layer == last.layer;
    };
    if (fits(last))
        return step.site;
    const auto& sites = capture.manifest().sites;
    const auto found = std::ranges::find_if(sites, fits);
    return found == sites.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - sites.begin()));
}

/// The composition that leads from one axis to the other; empty where there is none.
std::string compositionBetween(const Capture& capture, const std::string& from, const std::string& to)
{
    for (const GroupChoice& group : groupChoices(capture))
        if (group.isComposed() && capture.queryAxis(group.firstSites.front()).id == from &&
            capture.keyAxis(group.sites.front()).id == to)
            return group.id;
    return {};
}

void nameGroup(LayerFlowScene::Group& group, const Capture& capture, const std::string& from, const std::string& to)
{
    const auto known =
        std::ranges::find_if(group.layers, [](const LayerFlowScene::Layer& layer) { return layer.site.has_value(); });
    group.id = known != group.layers.end() ? capture.site(*known->site).group : compositionBetween(capture, from, to);
    group.title = QStringLiteral("%1 → %2").arg(QString::fromStdString(from), QString::fromStdString(to));
}

/// The longest bar has the whole width.
void fitBars(LayerFlowScene::Group& group)
{
    group.full = 0;
    for (const LayerFlowScene::Layer& layer : group.layers) {
        double sum = 0;
        for (const double mass : layer.masses)
            sum += std::isfinite(mass) ? std::max(0.0, mass) : 0;
        group.full = std::max(group.full, sum);
    }
}

} // namespace

std::vector<std::int64_t> seriesQueries(const Capture& capture, const std::string& axis,
                                        std::optional<std::int64_t> query)
{
    if (query)
        return {*query};
    const std::vector<AxisPart> sets = querySetsOf(capture, axis); // the first one: all but special tokens
    return sets.empty() ? std::vector<std::int64_t>() : sets.front().positions;
}

std::vector<LayerFlowScene::Group> seriesGroups(const Capture& capture, const AnalysisResult& series,
                                                std::span<const std::int64_t> queries)
{
    std::vector<LayerFlowScene::Group> groups;
    for (std::size_t first = 0; first < series.parts.size();) {
        const std::string& axis = series.parts[first].axis;
        LayerFlowScene::Group& group = groups.emplace_back();
        std::size_t end = first;
        for (; end < series.parts.size() && series.parts[end].axis == axis; ++end)
            group.parts.push_back({QString::fromStdString(series.parts[end].id),
                                   QString::fromStdString(series.parts[end].title), QColor()});
        for (std::size_t step = 0; step < series.steps.size(); ++step) {
            const std::vector<double> all = seriesMean(series, step, queries);
            group.layers.push_back(
                {QString::fromStdString(series.steps[step].label),
                 moduleOf(capture, series.steps[step], series.queryAxis, axis),
                 {all.begin() + static_cast<std::ptrdiff_t>(first), all.begin() + static_cast<std::ptrdiff_t>(end)},
                 false});
        }
        nameGroup(group, capture, series.queryAxis, axis);
        fitBars(group);
        first = end;
    }
    return groups;
}

} // namespace heedmap
