#include "core/runtime/recorder.h"

#include "core/base/error.h"
#include "core/runtime/tensor_conversion.h"

#include <ATen/ATen.h>

namespace heedmap {

void PassRecorder::attention(const AttentionObservation& observation)
{
    const int order = m_order++;
    if (!m_options.sites)
        return;
    RecordedSite site;
    site.name = observation.name;
    site.layer = observation.layer;
    site.kind = observation.kind;
    site.queryAxis = observation.queryAxis;
    site.keyAxis = observation.keyAxis;
    site.heads = static_cast<int>(observation.queries.size(0));
    site.keyValueHeads = static_cast<int>(observation.keys.size(0));
    site.headDim = static_cast<int>(observation.queries.size(2));
    site.scale = observation.scale;
    site.mask = observation.mask;
    site.order = order;
    site.queries = floatTensorFrom(observation.queries);
    site.keys = floatTensorFrom(observation.keys);
    site.weights = floatTensorFrom(observation.weights);
    if (m_options.sink)
        m_options.sink(m_pass.id, std::move(site));
    else
        m_pass.sites.push_back(std::move(site));
}

void PassRecorder::stage(const std::string& name, const at::Tensor& output)
{
    if (m_options.stages)
        m_pass.stages.push_back({name, floatTensorFrom(output)});
}

void ForwardContext::throwIfStopped() const
{
    if (stop.stop_requested())
        throw Error(ErrorKind::Cancelled, "The run was cancelled.");
}

void ForwardContext::finishLayer() const
{
    if (layerDone)
        layerDone();
    throwIfStopped();
}

} // namespace heedmap
