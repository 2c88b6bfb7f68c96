#include "core/analysis/gradient_relevance.h"

#include "core/analysis/analysis_steps.h"
#include "core/analysis/layer_series.h"
#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/head_reduction.h"

#include <algorithm>
#include <span>

namespace heedmap {

namespace {

constexpr double kProductShare = 2; ///< of the work of reading one head: what the products of a module cost, roughly

bool hasGradients(const AttentionSite& site)
{
    return !site.values.empty() && !site.outputGradients.empty();
}

using AxisNames = std::vector<std::string>;

bool contains(const AxisNames& names, const std::string& name)
{
    return std::ranges::find(names, name) != names.end();
}

/// Axes that can be reached from `start` by looking, or that can look at it; the nearest first.
AxisNames reached(const Capture& capture, const std::string& start, bool backwards)
{
    AxisNames found{start};
    for (std::size_t next = 0; next < found.size(); ++next)
        for (const AttentionSite& site : capture.manifest().sites) {
            const std::string& near = backwards ? site.keyAxis : site.queryAxis;
            const std::string& far = backwards ? site.queryAxis : site.keyAxis;
            if (hasGradients(site) && near == found[next] && !contains(found, far))
                found.push_back(far);
        }
    return found;
}

/// The pass a module ran in and its order there.
std::pair<std::ptrdiff_t, int> placeOf(const Manifest& manifest, std::size_t site)
{
    const auto pass = std::ranges::find(manifest.passes, manifest.sites[site].pass, &Pass::id);
    return {pass - manifest.passes.begin(), manifest.sites[site].order};
}

/// The modules with gradients between axes of these, in the order they ran.
std::vector<std::size_t> modulesAmong(const Capture& capture, const AxisNames& axes)
{
    const Manifest& manifest = capture.manifest();
    std::vector<std::size_t> modules;
    for (std::size_t site = 0; site < manifest.sites.size(); ++site)
        if (hasGradients(manifest.sites[site]) && contains(axes, manifest.sites[site].queryAxis) &&
            contains(axes, manifest.sites[site].keyAxis))
            modules.push_back(site);
    std::ranges::stable_sort(modules, {}, [&](std::size_t site) { return placeOf(manifest, site); });
    return modules;
}

/// Modules that ran side by side, of modules in the order they ran.
std::vector<std::vector<std::size_t>> sideBySide(const Capture& capture, const std::vector<std::size_t>& modules)
{
    std::vector<std::vector<std::size_t>> steps;
    for (const std::size_t site : modules) {
        const auto place = placeOf(capture.manifest(), site);
        if (steps.empty() || placeOf(capture.manifest(), steps.back().front()) != place)
            steps.emplace_back();
        steps.back().push_back(site);
    }
    return steps;
}

/// The modules on the ways from one axis to the other, in the order they ran.
std::vector<std::size_t> modulesBetween(const Capture& capture, const std::string& from, const std::string& to)
{
    AxisNames axes = reached(capture, from, false);
    const AxisNames behind = reached(capture, to, true);
    std::erase_if(axes, [&behind](const std::string& axis) { return !contains(behind, axis); });
    return modulesAmong(capture, axes);
}

/// Multiplications of taking these modules, roughly.
double workOf(const Capture& capture, const std::vector<std::size_t>& modules)
{
    double total = 0;
    for (const std::size_t site : modules)
        total += static_cast<double>(capture.queryAxis(site).length) *
                 static_cast<double>(capture.keyAxis(site).length) * (capture.site(site).heads + kProductShare);
    return total;
}

/// R̄ of equations 8 and 9.
RealMatrix normalized(RealMatrix relevance)
{
    relevance.diagonal().array() -= 1;
    for (Eigen::Index row = 0; row < relevance.rows(); ++row)
        if (const double sum = relevance.row(row).sum(); sum != 0)
            relevance.row(row) /= sum;
    relevance.diagonal().array() += 1;
    return relevance;
}

/// All R^st that are not zero, and no R^ss that is I: an axis may be far too long for that to be stored.
class RelevanceStreams
{
public:
    RelevanceStreams(const Capture& capture, const RelevanceRule& rule, AnalysisProgress& progress)
        : m_capture(capture), m_rule(rule), m_progress(progress)
    {}

    /// Modules that ran side by side: what each adds is computed from the state before.
    void take(std::span<const std::size_t> sites)
    {
        std::vector<Streams> additions;
        for (const std::size_t site : sites) {
            const AttentionSite& module = m_capture.site(site);
            const RealMatrix map = positiveGradientTimesAttention(m_capture, site, HeadChoice::mean(), m_progress);
            additions.push_back(module.queryAxis == module.keyAxis ? lookAtItself(module.queryAxis, map)
                                                                   : lookAt(module.queryAxis, module.keyAxis, map));
        }
        for (Streams& ofModule : additions)
            for (auto& [pair, addition] : ofModule)
                add(pair, std::move(addition));
    }

    RealMatrix result(const std::string& from, const std::string& to)
    {
        const auto found = m_streams.find({from, to});
        if (found != m_streams.end())
            return std::move(found->second);
        RealMatrix none =
            RealMatrix::Zero(m_capture.manifest().axis(from).length, m_capture.manifest().axis(to).length);
        if (from == to)
            none.setIdentity();
        return none;
    }

    /// (R^fx − [f = x] I) · columns.
    RealMatrix gathered(const std::string& from, const AxisColumns& to) const
    {
        const auto found = m_streams.find({from, to.axis});
        if (found == m_streams.end())
            return RealMatrix::Zero(m_capture.manifest().axis(from).length, to.columns.cols());
        RealMatrix product = found->second * to.columns;
        if (from == to.axis)
            product -= to.columns;
        return product;
    }

private:
    using Pair = std::pair<std::string, std::string>;
    using Streams = std::map<Pair, RealMatrix>;

    void add(const Pair& pair, RealMatrix addition)
    {
        const auto [found, isNew] = m_streams.try_emplace(pair);
        if (!isNew) {
            found->second += addition;
            return;
        }
        if (pair.first == pair.second)
            addition.diagonal().array() += 1;
        found->second = std::move(addition);
    }

    /// R̄^ss, or R^ss; null: I.
    std::optional<RealMatrix> ofAxis(const std::string& axis) const
    {
        const auto found = m_streams.find({axis, axis});
        if (found == m_streams.end())
            return std::nullopt;
        return m_rule.normalizes ? normalized(found->second) : found->second;
    }

    /// A product that was counted as work, and is none.
    RealMatrix timesIdentity(RealMatrix matrix)
    {
        m_progress.advance(static_cast<double>(matrix.size()));
        return matrix;
    }

    /// Rules 6 and 7.
    Streams lookAtItself(const std::string& axis, const RealMatrix& map)
    {
        Streams additions;
        for (const auto& [pair, stream] : m_streams)
            if (pair.first == axis)
                additions[pair] = productOf(map, stream, m_progress);
        if (!m_streams.contains({axis, axis}))
            additions[{axis, axis}] = timesIdentity(map);
        return additions;
    }

    /// Rules 10 and 11.
    Streams lookAt(const std::string& from, const std::string& to, const RealMatrix& map)
    {
        Streams additions;
        const std::optional<RealMatrix> other = ofAxis(to);
        RealMatrix direct = other ? productOf(map, *other, m_progress) : timesIdentity(map);
        const std::optional<RealMatrix> own = ofAxis(from);
        direct = own ? productOf(own->transpose(), direct, m_progress) : timesIdentity(std::move(direct));
        additions[{from, to}] = std::move(direct);
        for (const auto& [pair, stream] : m_streams)
            if (pair.first == to && pair.second != to)
                additions[{from, pair.second}] = productOf(map, stream, m_progress);
        return additions;
    }

    const Capture& m_capture;
    RelevanceRule m_rule;
    AnalysisProgress& m_progress;
    Streams m_streams;
};

const char* const kRelevanceFormula =
    "Ā = mean over heads of (A ⊙ ∂y/∂A)⁺;  R^ss = I, R^st = 0 at first; module by module in the order they ran:\n"
    "s looks at s:  R^sx += Ā R^sx for every x\n"
    "s looks at t:  R^st += (R̄^ss)ᵀ Ā R̄^tt;  R^sx += Ā R^tx for every other x\n"
    "R̄ = I + (R − I) with each row divided by its sum";
const char* const kRelevanceSource = "Chefer, Gur & Wolf 2021, arXiv 2103.15679, equations 5 to 11";

AnalysisParameter normalizeParameter()
{
    AnalysisParameter normalize{"normalize", "Normalise R − I",
                                "Divide every row of R − I by its sum before rule 10 (equations 8 and 9)."};
    normalize.kind = ParameterKind::Flag;
    normalize.standard = 1;
    return normalize;
}

std::optional<AnalysisObstacle> relevanceObstacle(const Capture& capture, const AnalysisScope& scope)
{
    const std::string& from = queryAxisOf(capture, scope.map).id;
    const std::string& to = keyAxisOf(capture, scope.map).id;
    if (!modulesBetween(capture, from, to).empty())
        return std::nullopt;
    return AnalysisObstacle{fmt::format("No module with gradients leads from “{}” to “{}”: y does not depend on them.",
                                        printable(from), printable(to)),
                            "Choose another map, or make the capture for another y."};
}

AnalysisResult runRelevance(const Capture& capture, const AnalysisScope& scope, const AnalysisSettings& settings,
                            AnalysisProgress& progress)
{
    AnalysisResult result = emptyMap(capture, scope.map);
    mapSize(capture, scope.map);
    const RelevanceRule rule{settings.flag("normalize")};
    result.map = floatsOf(relevance(capture, result.queryAxis, result.keyAxis, rule, progress));
    const std::size_t modules = modulesBetween(capture, result.queryAxis, result.keyAxis).size();
    result.notes = {fmt::format("{} modules with gradients between “{}” and “{}”", modules, printable(result.queryAxis),
                                printable(result.keyAxis))};
    return result;
}

std::optional<AnalysisObstacle> byLayerObstacle(const Capture& capture, const AnalysisScope& scope)
{
    const std::string& from = queryAxisOf(capture, scope.map).id;
    const auto looks = [&](const AttentionSite& site) { return hasGradients(site) && site.queryAxis == from; };
    if (std::ranges::any_of(capture.manifest().sites, looks))
        return std::nullopt;
    return AnalysisObstacle{
        fmt::format("No module with gradients looks from “{}”: y does not depend on it.", printable(from)),
        "Choose another map, or make the capture for another y."};
}

AnalysisResult runByLayer(const Capture& capture, const AnalysisScope& scope, const AnalysisSettings& settings,
                          AnalysisProgress& progress)
{
    AnalysisResult result = emptySeries(capture, scope.map);
    std::vector<AxisColumns> axes;
    for (const std::string& id : reached(capture, result.queryAxis, false)) {
        const TokenAxis& axis = capture.manifest().axis(id);
        const std::vector<AxisPart> parts = partsOfAxis(axis, settings);
        addParts(result, axis, parts);
        axes.push_back({id, indicatorOf(axis, parts)});
    }
    const std::vector<RelevanceStep> steps =
        relevanceByLayer(capture, result.queryAxis, axes, {settings.flag("normalize")}, progress);
    for (const RelevanceStep& step : steps)
        addStep(result, capture, step.site);
    reserveNumbers(result, capture);
    for (const RelevanceStep& step : steps)
        addNumbers(result, step.parts);
    return result;
}

std::optional<AnalysisObstacle> gradCamObstacle(const Capture& capture, const AnalysisScope& scope)
{
    for (const SiteHead& member : scope.map.members())
        if (!hasGradients(capture.site(member.site)))
            return AnalysisObstacle{fmt::format("There are no gradients at {}: y does not depend on it.",
                                                printable(capture.site(member.site).key())),
                                    "Choose another map, or make the capture for another y."};
    return std::nullopt;
}

/// What the map is a mean of: chosen heads are themselves, one head may stand for its layer.
std::string noteOnHeads(const Capture& capture, const MapChoice& map, bool isOfLayer)
{
    const int heads = capture.site(map.site).heads;
    if (map.set)
        return map.set->label() + ": these themselves, not their layers";
    if (isOfLayer || map.head.isMean())
        return fmt::format("mean over all {} heads of the layer", heads);
    return fmt::format("head {} alone, of {}", map.head.head, heads);
}

AnalysisResult runGradCam(const Capture& capture, const AnalysisScope& scope, const AnalysisSettings& settings,
                          AnalysisProgress& progress)
{
    AnalysisResult result = emptyMap(capture, scope.map);
    result.map.resize(mapSize(capture, scope.map));
    const bool isOfLayer = !scope.map.set && settings.choice("heads") == "layer";
    std::vector<SiteHead> members = scope.map.members();
    if (isOfLayer)
        members.front().head = HeadChoice::mean();
    double total = 0;
    for (const SiteHead& member : members)
        total += static_cast<double>(result.map.size()) * (member.head.isMean() ? capture.site(member.site).heads : 1);
    progress.begin(total);
    HeadReduction reduced(reductionOf(scope.map), result.map.size());
    for (const SiteHead& member : members)
        reduced.add(floatsOf(positiveGradientTimesAttention(capture, member.site, member.head, progress)));
    reduced.finish(result.map);
    result.notes = {noteOnHeads(capture, scope.map, isOfLayer)};
    return result;
}

} // namespace

RealMatrix relevance(const Capture& capture, const std::string& from, const std::string& to, const RelevanceRule& rule,
                     AnalysisProgress& progress)
{
    const std::vector<std::size_t> modules = modulesBetween(capture, from, to);
    if (modules.empty())
        throw Error(ErrorKind::InvalidRequest, "no module with gradients leads from \"{}\" to \"{}\"", printable(from),
                    printable(to));
    progress.begin(workOf(capture, modules));
    RelevanceStreams streams(capture, rule, progress);
    for (const std::vector<std::size_t>& sites : sideBySide(capture, modules))
        streams.take(sites);
    return streams.result(from, to);
}

std::vector<RelevanceStep> relevanceByLayer(const Capture& capture, const std::string& from,
                                            const std::vector<AxisColumns>& axes, const RelevanceRule& rule,
                                            AnalysisProgress& progress)
{
    const std::vector<std::size_t> modules = modulesAmong(capture, reached(capture, from, false));
    if (modules.empty())
        throw Error(ErrorKind::InvalidRequest, "no module with gradients looks from \"{}\"", printable(from));
    progress.begin(workOf(capture, modules));
    RelevanceStreams streams(capture, rule, progress);
    std::vector<RelevanceStep> steps;
    for (const std::vector<std::size_t>& sites : sideBySide(capture, modules)) {
        streams.take(sites);
        const auto looks =
            std::ranges::find(sites, from, [&](std::size_t module) { return capture.site(module).queryAxis; });
        if (looks == sites.end())
            continue;
        const AttentionSite& site = capture.site(*looks);
        const bool isSameLayer = !steps.empty() && capture.site(steps.back().site).pass == site.pass &&
                                 capture.site(steps.back().site).layer == site.layer;
        RelevanceStep& step = isSameLayer ? steps.back() : steps.emplace_back();
        step = {*looks, {}};
        for (const AxisColumns& axis : axes)
            step.parts.push_back(streams.gathered(from, axis));
    }
    return steps;
}

std::optional<std::int64_t> targetRowOn(const Capture& capture, const std::string& axis)
{
    const std::optional<GradientTarget>& target = capture.manifest().gradientTarget;
    const CaptureOutput* output = target && target->step ? capture.manifest().output(target->output) : nullptr;
    if (!output || output->axis != axis || *target->step >= static_cast<std::int64_t>(output->tokens.size()))
        return std::nullopt;
    return output->tokens[static_cast<std::size_t>(*target->step)].predictingRow;
}

Analysis gradientRelevance()
{
    return {"relevance",
            "Gradient × attention relevance",
            kRelevanceFormula,
            kRelevanceSource,
            "relevance, no probability",
            AnalysisNeed::Gradients,
            ResultShape::Map,
            AnalysisReach::Capture,
            false,
            {normalizeParameter()},
            relevanceObstacle,
            runRelevance};
}

Analysis gradientRelevanceByLayer()
{
    static const std::string kFormula =
        std::string("after layer l: Σ over the keys of a part of R^sx − [s = x] I\n") + kRelevanceFormula;
    return {"relevance_layers",
            "Relevance by layer",
            kFormula.c_str(),
            kRelevanceSource,
            "relevance, no probability",
            AnalysisNeed::Gradients,
            ResultShape::Series,
            AnalysisReach::Capture,
            false,
            {normalizeParameter(), partsParameter()},
            byLayerObstacle,
            runByLayer};
}

Analysis attentionGradCam()
{
    AnalysisParameter heads{
        "heads", "Heads",
        "Of one shown head: whether the mean over its layer is taken. Chosen heads are always themselves."};
    heads.kind = ParameterKind::Choice;
    heads.choices = {{"layer", "mean of the layer"}, {"shown", "as shown"}};
    return {"grad_cam",
            "Grad-CAM on attention",
            "mean over heads h of A_h ⊙ (∂y/∂A_h)⁺",
            "ALBEF: Li et al. 2021, arXiv 2107.07651; BLIP: Li et al. 2022, arXiv 2201.12086",
            "attention × gradient, no probability",
            AnalysisNeed::Gradients,
            ResultShape::Map,
            AnalysisReach::Shown,
            false,
            {heads},
            gradCamObstacle,
            runGradCam,
            false};
}

} // namespace heedmap
