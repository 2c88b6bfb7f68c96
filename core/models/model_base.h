#pragma once

#include "core/models/model_run.h"
#include "core/runtime/weight_scope.h"

#include <memory>
#include <optional>
#include <utility>

namespace heedmap {

/// What every architecture shares: the books of the weights, the checks of a request against the facts, and errors of
/// the library in our terms. An architecture declares its facts, takes its weights, and says in `planPasses` and
/// `runPasses` which passes a run has.
class ModelBase : public Model
{
public:
    const ModelFacts& facts() const final { return m_facts; }
    std::vector<PlannedSite> plan(const RunRequest& request) const final;
    RunResult run(const RunRequest& request, std::stop_token stop, const ProgressCallback& progress) const final;

protected:
    /// What the checkpoint itself says (type, class, parameters, unused tensors) is filled in here.
    ModelBase(std::shared_ptr<const Checkpoint> checkpoint, ModelFacts facts);

    /// The sites that `runPasses` will record, and the axes whose keys can be hidden. Of pixels only their size is set.
    virtual void planPasses(ModelPlan& plan) const = 0;
    /// The request has what the facts require and nothing else, and its interventions are possible.
    virtual void runPasses(ModelRun& run) const = 0;

    WeightScope weights() { return WeightScope(m_ledger); }
    /// Call at the end of the constructor. Errors: as WeightLedger::throwFaults; InvalidFile (cut short meanwhile).
    void finishLoading();

private:
    void checkInputs(const RunRequest& request) const;
    void checkText(const Encoding& text, const std::vector<bool>& visible) const;
    void checkCandidates(const RunRequest& request) const;
    void checkRequest(const RunRequest& request) const;
    void checkFilesIntact() const;
    /// The plan and what the request's gradients are of.
    std::pair<ModelPlan, std::optional<GradientSource>> planned(const RunRequest& request) const;

    std::shared_ptr<const Checkpoint> m_checkpoint;
    ModelFacts m_facts;
    WeightLedger m_ledger;
};

} // namespace heedmap
