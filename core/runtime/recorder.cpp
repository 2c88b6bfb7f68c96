#include "core/runtime/recorder.h"

#include "core/base/error.h"
#include "core/runtime/tensor_conversion.h"

#include <ATen/ATen.h>

namespace heedmap {

namespace {

/// ‖V_j W_O‖ of every head and key, W_O the head's columns of the output projection (Kobayashi et al. 2020, "Attention
/// is not only a weight"). [heads, keys]
at::Tensor valueNorms(const at::Tensor& values, const at::Tensor& output)
{
    const std::int64_t headDim = values.size(2);
    const std::int64_t heads = output.size(1) / headDim;
    at::Tensor norms = at::empty({heads, values.size(1)});
    for (std::int64_t head = 0; head < heads; ++head) {
        const at::Tensor mixed = values[head * values.size(0) / heads]; // [keys, headDim]
        norms[head].copy_(at::matmul(mixed, output.narrow(1, head * headDim, headDim).t()).norm(2, 1));
    }
    return norms;
}

} // namespace

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
    if (m_options.values) {
        site.values = floatTensorFrom(observation.values);
        site.valueNorms = floatTensorFrom(valueNorms(observation.values, observation.output));
    }
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
