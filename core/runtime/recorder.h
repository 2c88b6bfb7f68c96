#pragma once

#include "core/runtime/applied_interventions.h"
#include "core/runtime/attention_gradient.h"
#include "core/runtime/run_result.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <stop_token>
#include <string>

namespace heedmap {

/// What an attention module tells its observer. The tensors are the module's own, which it does not write to
/// afterwards: an observer that wants to keep one keeps the tensor.
struct AttentionObservation
{
    const std::string& name;
    int layer;
    AttentionKind kind;
    const std::string& queryAxis;
    const std::string& keyAxis;
    double scale;
    const MaskSymbols& mask;
    const at::Tensor& queries; ///< [heads, queries, headDim]
    const at::Tensor& keys;    ///< [keyValueHeads, keys, headDim]
    const at::Tensor& weights; ///< [heads, queries, keys]
    const at::Tensor& values;  ///< [keyValueHeads, keys, headDim]
    const at::Tensor& output;  ///< [outputs, heads × headDim], weight of the output projection
};

/// Observes a forward. Modules are given a null pointer when nobody watches, which costs one comparison.
class Recorder
{
public:
    virtual ~Recorder() = default;
    virtual void attention(const AttentionObservation& observation) = 0;
    /// `output` is what the module `name` put out.
    virtual void stage(const std::string& name, const at::Tensor& output) = 0;
};

/// Keeps what it sees in a RecordedPass, or hands each site on at once so that only one is in memory at a time. Nothing
/// is copied: what it keeps shares the modules' tensors, which nobody writes to afterwards.
class PassRecorder : public Recorder
{
public:
    struct Options
    {
        bool sites = true;
        bool stages = false;
        bool values = false; ///< values and their norms too
        SiteSink sink;       ///< when set, sites go there and not into the pass
    };

    PassRecorder(RecordedPass& pass, Options options) : m_pass(pass), m_options(std::move(options)) {}

    void attention(const AttentionObservation& observation) override;
    void stage(const std::string& name, const at::Tensor& output) override;

private:
    RecordedPass& m_pass;
    Options m_options;
    int m_order = 0;
};

/// What is passed down to every layer of one forward.
struct ForwardContext
{
    Recorder* recorder = nullptr;
    std::stop_token stop;
    std::function<void()> layerDone;                     ///< may be empty
    const AppliedInterventions* interventions = nullptr; ///< null: the model as it is
    const GradientWatch* gradients = nullptr;            ///< null: no backward will follow

    /// Errors: Cancelled, when a stop was requested.
    void throwIfStopped() const;
    /// Called by every block when it is through: reports progress, then throws if stopped.
    void finishLayer() const;
    void stage(const std::string& name, const at::Tensor& output) const
    {
        if (recorder)
            recorder->stage(name, output);
    }
};

} // namespace heedmap
