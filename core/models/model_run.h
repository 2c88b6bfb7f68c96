#pragma once

#include "core/models/model.h"
#include "core/runtime/recorder.h"

#include <functional>
#include <list>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace heedmap {

/// One run under way: the request, what came of it so far, and how passes are observed. Lives as long as the run.
class ModelRun
{
public:
    /// `wanted` is what the request's gradients are of, if it asks for any.
    ModelRun(const RunRequest& request, std::optional<GradientSource> wanted, std::stop_token stop,
             const ProgressCallback& progress);

    const RunRequest& request() const { return m_request; }
    RunResult& result() { return m_result; }
    /// Does nothing when the run has an axis of that id.
    void addAxis(RunAxis axis);

    using Forward = std::function<at::Tensor(const ForwardContext&)>;
    /// A forward that becomes a pass of the result, observed as the request asks. `layers` counts its progress.
    at::Tensor record(const std::string& passId, const std::string& component, std::int64_t layers,
                      const Forward& forward);
    /// Whether nobody looks at anything of a pass but its outcome: no site, no stage, no gradient.
    bool wantsOnlyOutcome(const std::vector<PlannedSite>& sites) const;
    /// A pass of the result whose outcome was known: without sites, those it would have had are told of as skipped.
    void skip(const std::string& passId, const std::string& component, std::int64_t layers,
              const std::vector<PlannedSite>& sites);
    /// Context of a forward that is not recorded, for decoding.
    ForwardContext unrecorded() const { return {nullptr, m_stop, {}, m_interventions ? &*m_interventions : nullptr}; }
    void report(const std::string& stage, std::int64_t done, std::int64_t total) const;

    // Offered everything a gradient may be taken of, goes back from what the request wants. The tensors come from
    // recorded forwards, whose graph is spent then. Errors: InvalidRequest (the text has no such token), InvalidFile
    // (not finite), Cancelled.
    void offerText(const GeneratedText& text, const at::Tensor& logits); ///< [positions, vocabulary]
    void offerScore(const std::string& score, const at::Tensor& y);      ///< the source's quantity of it

private:
    void goBack(const at::Tensor& y, GradientTarget target);
    void takeGradient(const std::string& passId, const std::string& site, const at::Tensor& gradient);

    const RunRequest& m_request;
    std::optional<GradientSource> m_wanted;
    std::list<GradientWatch> m_watches; ///< one a pass, where autograd's graph finds them
    std::int64_t m_gradients = 0;       ///< taken so far
    std::stop_token m_stop;
    const ProgressCallback& m_progress;
    std::optional<AppliedInterventions> m_interventions;
    RunResult m_result;
};

/// The sites of a run, pass by pass, and its axes.
class ModelPlan
{
public:
    explicit ModelPlan(const RunRequest& request) : m_request(request) {}

    const RunRequest& request() const { return m_request; }
    void add(const std::string& passId, std::vector<PlannedSite> sites);
    void add(HideableAxis axis) { m_axes.push_back(std::move(axis)); }
    void add(GradientSource source) { m_sources.push_back(std::move(source)); }
    /// A generated text that depends on every pass that was added before.
    void addText(const std::string& output);
    /// Marks what the request wants beside attention, and returns what its gradients are of. Errors: as sourceOf.
    std::optional<GradientSource> addExtras();
    const std::vector<PlannedSite>& sites() const { return m_sites; }
    const std::vector<HideableAxis>& axes() const { return m_axes; }

private:
    const RunRequest& m_request;
    std::vector<PlannedSite> m_sites;
    std::vector<HideableAxis> m_axes;
    std::vector<GradientSource> m_sources;
};

/// The axis of an image input: `leadingSpecials` positions, then the patches the pixels are cut into, row by row.
RunAxis pictureRunAxis(const std::string& input, const PixelValues& pixels, int patchSize, int leadingSpecials);
/// The axis `id` of a sound input: `positions` of `secondsPerPosition` each, from `startSeconds` of the recording on.
RunAxis soundRunAxis(const std::string& id, const std::string& input, std::int64_t positions, double startSeconds,
                     double secondsPerPosition);
/// The axis of a text input, token by token.
RunAxis textRunAxis(const std::string& input, const Encoding& text);

} // namespace heedmap
