#include "core/models/model_base.h"

#include "core/base/error.h"
#include "core/runtime/block_cache.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <new>

namespace heedmap {

namespace {

void checkPixels(const PixelValues& pixels)
{
    const bool whole = pixels.width > 0 && pixels.height > 0 &&
                       pixels.values.size() == std::size_t{3} * static_cast<std::size_t>(pixels.width) *
                                                   static_cast<std::size_t>(pixels.height);
    if (!whole)
        throw Error(ErrorKind::InvalidRequest, "The picture's values do not fill 3 × {} × {}", pixels.height,
                    pixels.width);
}

/// Before a run is planned, when only sizes are known.
void checkSoundSize(const MelFeatures& sound)
{
    if (sound.bins < 1 || sound.frames < 1 || !(sound.secondsPerFrame > 0))
        throw Error(ErrorKind::InvalidRequest, "Sound of {} bins × {} frames of {} s is none", sound.bins, sound.frames,
                    sound.secondsPerFrame);
}

void checkSound(const MelFeatures& sound)
{
    if (sound.values.size() != static_cast<std::size_t>(sound.bins) * static_cast<std::size_t>(sound.frames))
        throw Error(ErrorKind::InvalidRequest, "The sound's features do not fill {} bins × {} frames", sound.bins,
                    sound.frames);
}

void checkInput(const ModelFacts& facts, InputKind kind, const char* what, bool given)
{
    const ModelInput* input = facts.input(kind);
    if (!given && input && input->required)
        throw Error(ErrorKind::InvalidRequest, "{} needs {} as its input \"{}\"", facts.architecture, what, input->id);
    if (given && !input)
        throw Error(ErrorKind::InvalidRequest, "{} takes no input that is {}", facts.architecture, what);
}

} // namespace

ModelBase::ModelBase(std::shared_ptr<const Checkpoint> checkpoint, ModelFacts facts)
    : m_checkpoint(std::move(checkpoint)), m_facts(std::move(facts)), m_ledger(m_checkpoint->weights())
{
    m_facts.modelType = m_checkpoint->modelType();
    m_facts.architecture = m_checkpoint->architecture();
    m_facts.parameterCount = m_checkpoint->weights().parameterCount();
}

void ModelBase::finishLoading()
{
    m_ledger.throwFaults();
    m_facts.unusedTensors = m_ledger.unusedNames();
    checkFilesIntact();
}

void ModelBase::checkFilesIntact() const
{
    for (const std::shared_ptr<const MappedFile>& file : m_ledger.mappedFiles())
        file->checkIntact();
}

void ModelBase::checkText(const Encoding& text, const std::vector<bool>& visible) const
{
    if (text.ids.empty() || static_cast<std::int64_t>(text.ids.size()) > m_facts.maxTextTokens)
        throw Error(ErrorKind::InvalidRequest, "The text has {} tokens; the model takes 1 to {}", text.ids.size(),
                    m_facts.maxTextTokens);
    for (const std::int32_t id : text.ids)
        if (id < 0 || id >= m_facts.vocabularySize)
            throw Error(ErrorKind::InvalidRequest,
                        "The tokenizer gave id {}, but the model has {} tokens: tokenizer and weights do not belong "
                        "together",
                        id, m_facts.vocabularySize);
    if (!visible.empty() && visible.size() != text.ids.size())
        throw Error(ErrorKind::InvalidRequest, "The padding mask has {} entries for {} tokens", visible.size(),
                    text.ids.size());
    if (!visible.empty() && std::find(visible.begin(), visible.end(), true) == visible.end())
        throw Error(ErrorKind::InvalidRequest, "The padding mask hides every token");
}

void ModelBase::checkInputs(const RunRequest& request) const
{
    checkInput(m_facts, InputKind::Image, "a picture", request.pixels.has_value());
    checkInput(m_facts, InputKind::Text, "a text", request.text.has_value());
    checkInput(m_facts, InputKind::Audio, "a recording", request.sound.has_value());
    if (request.sound)
        checkSoundSize(*request.sound);
    if (request.text)
        checkText(*request.text, request.visible);
}

void ModelBase::checkCandidates(const RunRequest& request) const
{
    if (!request.candidates)
        return;
    if (!m_facts.judgesTexts)
        throw Error(ErrorKind::InvalidRequest, "{} compares no candidates", m_facts.architecture);
    if (request.gradients)
        throw Error(ErrorKind::InvalidRequest, "Gradients are of a text the model writes, not of candidates");
    const auto& [texts, fromSearch] = *request.candidates;
    const auto count = static_cast<std::int64_t>(texts.size()) + std::max<std::int64_t>(fromSearch, 0);
    if (fromSearch < 0 || count < 1 || count > kMostCandidates)
        throw Error(ErrorKind::InvalidRequest, "{} candidates cannot be compared; 1 to {} can", count, kMostCandidates);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (texts[i].empty())
            throw Error(ErrorKind::InvalidRequest, "Candidate {} is empty", i + 1);
        for (const std::int32_t id : texts[i])
            if (id < 0 || id >= m_facts.vocabularySize)
                throw Error(ErrorKind::InvalidRequest, "Candidate {} has token {}; the model has {}, counted from 0",
                            i + 1, id, m_facts.vocabularySize);
    }
}

void ModelBase::checkRequest(const RunRequest& request) const
{
    checkInputs(request);
    if (request.maxNewTokens && *request.maxNewTokens < 1)
        throw Error(ErrorKind::InvalidRequest, "At least one new token must be asked for, not {}",
                    *request.maxNewTokens);
    const std::int64_t beams = request.beams.value_or(1);
    if (beams < 1 || beams > kMostBeams || (beams > 1 && !m_facts.searchesBeams))
        throw Error(ErrorKind::InvalidRequest, "{} searches with 1 to {} beams, not {}", m_facts.architecture,
                    m_facts.searchesBeams ? kMostBeams : 1, beams);
    if (request.nBest < 1 || request.nBest > kMostBeams)
        throw Error(ErrorKind::InvalidRequest, "A search has 1 to {} best texts, not {}", kMostBeams, request.nBest);
    checkCandidates(request);
    for (const std::int32_t id : request.scoredTokens)
        if (id < 0 || id >= m_facts.vocabularySize)
            throw Error(ErrorKind::InvalidRequest, "There is no token {} to score; the model has {}, counted from 0",
                        id, m_facts.vocabularySize);
    const std::optional<std::int32_t> differentiated = request.gradients ? request.gradients->token : std::nullopt;
    if (differentiated && (*differentiated < 0 || *differentiated >= m_facts.vocabularySize))
        throw Error(ErrorKind::InvalidRequest,
                    "There is no token {} to take gradients of; the model has {}, counted from 0", *differentiated,
                    m_facts.vocabularySize);
}

std::pair<ModelPlan, std::optional<GradientSource>> ModelBase::planned(const RunRequest& request) const
{
    checkRequest(request);
    ModelPlan plan(request);
    planPasses(plan);
    checkInterventions(request.interventions, plan.sites(), plan.axes());
    std::optional<GradientSource> wanted = plan.addExtras();
    return {std::move(plan), std::move(wanted)};
}

std::vector<PlannedSite> ModelBase::plan(const RunRequest& request) const
{
    return planned(request).first.sites();
}

RunResult ModelBase::run(const RunRequest& request, std::stop_token stop, const ProgressCallback& progress) const
{
    const UnusedBlocksReleased afterwards;
    const at::AutoGradMode graph(request.gradients.has_value());
    checkRequest(request);
    if (request.pixels)
        checkPixels(*request.pixels);
    if (request.sound)
        checkSound(*request.sound);
    std::optional<GradientSource> wanted;
    if (!request.interventions.empty() || request.gradients)
        wanted = planned(request).second; // which refuses what cannot be done
    ModelRun run(request, std::move(wanted), std::move(stop), progress);
    try {
        runPasses(run);
    } catch (const c10::Error& failure) {
        checkFilesIntact();
        throw Error(ErrorKind::Internal, "The computation failed: {}", failure.what_without_backtrace());
    } catch (const std::bad_alloc&) {
        throw Error(ErrorKind::TooLarge, "There is not enough memory for this run");
    } catch (const Error&) {
        checkFilesIntact();
        throw;
    }
    checkFilesIntact();
    return std::move(run.result());
}

} // namespace heedmap
