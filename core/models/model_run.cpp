#include "core/models/model_run.h"

#include "core/base/error.h"
#include "core/runtime/generation.h"
#include "core/runtime/tensor_conversion.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace heedmap {

ModelRun::ModelRun(const RunRequest& request, std::optional<GradientSource> wanted, std::stop_token stop,
                   const ProgressCallback& progress)
    : m_request(request), m_wanted(std::move(wanted)), m_stop(std::move(stop)), m_progress(progress)
{
    if (!request.interventions.empty())
        m_interventions.emplace(request.interventions);
}

void ModelRun::addAxis(RunAxis axis)
{
    if (std::ranges::none_of(m_result.axes, [&](const RunAxis& known) { return known.id == axis.id; }))
        m_result.axes.push_back(std::move(axis));
}

at::Tensor ModelRun::record(const std::string& passId, const std::string& component, std::int64_t layers,
                            const Forward& forward)
{
    RecordedPass& pass = m_result.passes.emplace_back();
    pass.id = passId;
    pass.component = component;
    const CaptureRequest& capture = m_request.capture;
    PassRecorder recorder(pass, {capture.sites, capture.stages, capture.values, capture.sink});
    ForwardContext context = unrecorded();
    const bool goesBack = m_wanted && std::ranges::count(m_wanted->passes, passId) > 0;
    const at::AutoGradMode graph(goesBack);
    if (goesBack) {
        const auto take = [this, passId](const std::string& site, const at::Tensor& gradient) {
            takeGradient(passId, site, gradient);
        };
        context.gradients = &m_watches.emplace_back(GradientWatch{m_stop, take});
    }
    if (capture.sites || capture.stages)
        context.recorder = &recorder;
    context.layerDone = [this, &passId, layers, done = std::int64_t{0}]() mutable { report(passId, ++done, layers); };
    return forward(context);
}

bool ModelRun::wantsOnlyOutcome(const std::vector<PlannedSite>& sites) const
{
    const CaptureRequest& capture = m_request.capture;
    const bool seen = capture.sites && (!capture.wants || std::ranges::any_of(sites, capture.wants));
    return !seen && !capture.stages && !m_request.gradients;
}

void ModelRun::skip(const std::string& passId, const std::string& component, std::int64_t layers,
                    const std::vector<PlannedSite>& sites)
{
    RecordedPass& pass = m_result.passes.emplace_back();
    pass.id = passId;
    pass.component = component;
    const CaptureRequest& capture = m_request.capture;
    if (capture.sites && capture.skipped)
        std::ranges::for_each(sites, capture.skipped);
    report(passId, layers, layers);
}

void ModelRun::report(const std::string& stage, std::int64_t done, std::int64_t total) const
{
    if (m_progress)
        m_progress(stage, static_cast<int>(done), static_cast<int>(total));
}

void ModelRun::offerText(const GeneratedText& text, const at::Tensor& logits)
{
    if (!m_wanted || !m_wanted->score.empty() || m_wanted->output != text.axisId)
        return;
    const GradientRequest& request = *m_request.gradients;
    const auto count = static_cast<std::int64_t>(text.tokens.size());
    if (request.step >= count)
        throw Error(ErrorKind::InvalidRequest,
                    "There is no token {} of \"{}\" to take gradients of; this run generated {}, counted from 0",
                    request.step, text.axisId, count);
    const GeneratedTokenResult& token = text.tokens[static_cast<std::size_t>(request.step)];
    const std::int32_t id = request.token.value_or(token.id);
    goBack(logits[token.predictingRow][id], {text.axisId, request.step, id, {}, {}, m_wanted->quantity, {}});
}

void ModelRun::offerScore(const std::string& score, const at::Tensor& y)
{
    if (m_wanted && m_wanted->score == score)
        goBack(y, {m_wanted->output, {}, 0, {}, score, m_wanted->quantity, {}});
}

void ModelRun::goBack(const at::Tensor& y, GradientTarget target)
{
    throwUnlessFinite(y, "outputs");
    target.value = y.item<float>();
    m_result.gradientTarget = std::move(target);
    goBackFrom(y);
}

void ModelRun::takeGradient(const std::string& passId, const std::string& site, const at::Tensor& gradient)
{
    throwUnlessFinite(gradient, "gradients");
    report("gradients", ++m_gradients, m_wanted->sites);
    FloatTensor values = floatTensorFrom(gradient);
    if (m_request.capture.gradientSink)
        return m_request.capture.gradientSink(passId, site, std::move(values));
    const auto pass = std::ranges::find(m_result.passes, passId, &RecordedPass::id);
    for (RecordedSite& recorded : pass->sites)
        if (recorded.name == site)
            recorded.outputGradients = std::move(values);
}

void ModelPlan::addText(const std::string& output)
{
    GradientSource& source = m_sources.emplace_back();
    source.output = output;
    for (const PlannedSite& site : m_sites)
        if (std::ranges::count(source.passes, site.passId) == 0)
            source.passes.push_back(site.passId);
}

std::optional<GradientSource> ModelPlan::addExtras()
{
    for (PlannedSite& site : m_sites)
        site.values = m_request.capture.values;
    if (!m_request.gradients)
        return std::nullopt;
    GradientSource source = sourceOf(*m_request.gradients, m_sources);
    for (PlannedSite& site : m_sites) {
        site.outputGradients = std::ranges::count(source.passes, site.passId) > 0;
        source.sites += site.outputGradients;
    }
    return source;
}

void ModelPlan::add(const std::string& passId, std::vector<PlannedSite> sites)
{
    for (PlannedSite& site : sites) {
        site.passId = passId;
        m_sites.push_back(std::move(site));
    }
}

RunAxis pictureRunAxis(const std::string& input, const PixelValues& pixels, int patchSize, int leadingSpecials)
{
    RunAxis axis;
    axis.id = input;
    axis.kind = RunAxis::Kind::Picture;
    axis.input = input;
    axis.leadingSpecials = leadingSpecials;
    axis.patchSize = patchSize;
    axis.rows = pixels.height / patchSize;
    axis.columns = pixels.width / patchSize;
    axis.length = leadingSpecials + std::int64_t{axis.rows} * axis.columns;
    return axis;
}

RunAxis soundRunAxis(const std::string& id, const std::string& input, std::int64_t positions, double startSeconds,
                     double secondsPerPosition)
{
    RunAxis axis;
    axis.id = id;
    axis.kind = RunAxis::Kind::Sound;
    axis.input = input;
    axis.length = positions;
    axis.startSeconds = startSeconds;
    axis.secondsPerPosition = secondsPerPosition;
    return axis;
}

RunAxis textRunAxis(const std::string& input, const Encoding& text)
{
    RunAxis axis;
    axis.id = input;
    axis.kind = RunAxis::Kind::Input;
    axis.input = input;
    axis.length = static_cast<std::int64_t>(text.ids.size());
    axis.tokenIds = text.ids;
    return axis;
}

} // namespace heedmap
