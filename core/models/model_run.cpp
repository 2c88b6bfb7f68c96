#include "core/models/model_run.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace heedmap {

ModelRun::ModelRun(const RunRequest& request, std::stop_token stop, const ProgressCallback& progress)
    : m_request(request), m_stop(std::move(stop)), m_progress(progress)
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
    PassRecorder recorder(pass, {capture.sites, capture.stages, capture.sink});
    ForwardContext context = unrecorded();
    if (capture.sites || capture.stages)
        context.recorder = &recorder;
    context.layerDone = [this, &passId, layers, done = std::int64_t{0}]() mutable { report(passId, ++done, layers); };
    return forward(context);
}

void ModelRun::report(const std::string& stage, std::int64_t done, std::int64_t total) const
{
    if (m_progress)
        m_progress(stage, static_cast<int>(done), static_cast<int>(total));
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
