#pragma once

#include "core/models/blip_config.h"
#include "core/models/blip_text.h"
#include "core/models/blip_vision.h"
#include "core/models/model.h"

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace heedmap {

/// One run under way: the request, what came of it so far, and how passes are observed.
class BlipRun
{
public:
    BlipRun(const RunRequest& request, std::stop_token stop, const ProgressCallback& progress)
        : m_request(request), m_stop(std::move(stop)), m_progress(progress)
    {
        if (!request.interventions.empty())
            m_interventions.emplace(request.interventions);
    }

    const RunRequest& request() const { return m_request; }
    RunResult& result() { return m_result; }

    using Forward = std::function<at::Tensor(const ForwardContext&)>;
    /// A forward that becomes a pass of the result, observed as the request asks. `layers` counts its progress.
    at::Tensor record(const std::string& passId, const std::string& component, std::int64_t layers,
                      const Forward& forward);
    /// Context of a forward that is not recorded, for decoding.
    ForwardContext unrecorded() const { return {nullptr, m_stop, {}, m_interventions ? &*m_interventions : nullptr}; }
    void report(const std::string& stage, std::int64_t done, std::int64_t total) const;

private:
    const RunRequest& m_request;
    std::stop_token m_stop;
    const ProgressCallback& m_progress;
    std::optional<AppliedInterventions> m_interventions;
    RunResult m_result;
};

/// The sites of a run, pass by pass, and its axes.
class BlipPlan
{
public:
    explicit BlipPlan(const RunRequest& request) : m_request(request) {}

    const RunRequest& request() const { return m_request; }
    void add(const std::string& passId, std::vector<PlannedSite> sites);
    void add(HideableAxis axis) { m_axes.push_back(std::move(axis)); }
    const std::vector<PlannedSite>& sites() const { return m_sites; }
    const std::vector<HideableAxis>& axes() const { return m_axes; }

private:
    const RunRequest& m_request;
    std::vector<PlannedSite> m_sites;
    std::vector<HideableAxis> m_axes;
};

/// What the three forms share: the picture, the checks, the books.
class BlipBase : public Model
{
public:
    const ModelFacts& facts() const override { return m_facts; }
    std::vector<PlannedSite> plan(const RunRequest& request) const override;
    RunResult run(const RunRequest& request, std::stop_token stop, const ProgressCallback& progress) const override;

protected:
    BlipBase(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig config);

    virtual void planForm(BlipPlan& plan) const = 0;
    virtual void runForm(BlipRun& run) const = 0;

    WeightScope weights() { return WeightScope(m_ledger); }
    /// Call at the end of a form's constructor. Errors: as WeightLedger::throwFaults.
    void finishLoading();
    const BlipConfig& config() const { return m_config; }

    // What the three functions after them will record; they return the number of positions of the states.
    std::int64_t planPicture(BlipPlan& plan) const;
    std::int64_t planText(BlipPlan& plan, const BlipTextModel& encoder, const std::string& passId,
                          const std::string& axis, std::int64_t picturePositions) const;
    void planGeneration(BlipPlan& plan, const BlipTextDecoder& decoder, const std::string& id,
                        std::int64_t promptLength, const std::string& statesAxis, std::int64_t statesPositions) const;

    /// The picture's states [1 + patches, hidden] as the pass "vision"; adds the axis "picture".
    at::Tensor seePicture(BlipRun& run) const;
    /// The text encoder over the request's text as the pass `passId`; adds the axis `axis` unless it is there.
    /// Without `picture` cross-attention is left out.
    at::Tensor readText(BlipRun& run, const BlipTextModel& encoder, const std::string& passId, const std::string& axis,
                        const at::Tensor& picture) const;
    /// Decodes greedily from `prompt`, then replays the sequence as the pass and axis `id`, attending to `states`.
    void generate(BlipRun& run, const BlipTextDecoder& decoder, const std::string& id, std::vector<std::int32_t> prompt,
                  const at::Tensor& states, const std::string& statesAxis) const;

private:
    void checkRequest(const RunRequest& request) const;
    void checkPixels(const PixelValues& pixels) const;
    GenerationSettings settingsFor(const RunRequest& request) const;
    void checkText(const Encoding& text, const std::vector<bool>& visible) const;
    void checkFilesIntact() const;
    /// `form` says what the decoder attends to and what its axes are called.
    DecodedSequence decode(BlipRun& run, const BlipTextDecoder& decoder, std::vector<std::int32_t> prompt,
                           const BlipTextInput& form) const;

    std::shared_ptr<const Checkpoint> m_checkpoint;
    BlipConfig m_config;
    WeightLedger m_ledger;
    ModelFacts m_facts;
    BlipVisionModel m_vision;
};

std::unique_ptr<Model> loadBlipQuestionAnswering(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig config);
std::unique_ptr<Model> loadBlipRetrieval(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig config);
std::unique_ptr<Model> loadBlipCaptioning(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig config);

} // namespace heedmap
