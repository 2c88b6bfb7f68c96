#include "core/models/whisper.h"

#include "core/base/error.h"
#include "core/models/heard_states.h"
#include "core/models/model_base.h"
#include "core/models/text_generation.h"
#include "core/models/whisper_decoder.h"
#include "core/models/whisper_encoder.h"
#include "core/models/whisper_segments.h"
#include "core/runtime/tensor_conversion.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>
#include <memory>

namespace heedmap {

namespace {

constexpr std::int64_t kMostWindows = 8192;     ///< two hours in windows of a second
constexpr const char* kRecording = "recording"; ///< the input

ModelFacts factsOf(const WhisperConfig& config)
{
    ModelFacts facts;
    facts.task = "transcription";
    facts.inputs = {{kRecording, InputKind::Audio, true, "Recording"}};
    facts.generatesText = true;
    facts.searchesBeams = true;
    facts.judgesTexts = true;
    facts.maxTextTokens = config.decoder.positions;
    facts.vocabularySize = config.vocabularySize;
    for (const auto& [token, id] : config.generation.languages)
        facts.languages.push_back(token.size() > 4 ? token.substr(2, token.size() - 4) : token);
    if (!config.generation.alignmentHeads.empty())
        facts.alignment.emplace().medianWidth = config.medianWidth;
    for (const auto& [layer, head] : config.generation.alignmentHeads)
        facts.alignment->heads.push_back({fmt::format("model.decoder.layers.{}.encoder_attn", layer), head});
    facts.notes = config.notes;
    return facts;
}

/// "sound" of the first window, "sound.2" of the second.
std::string nameOf(const char* what, int window)
{
    return window == 0 ? what : fmt::format("{}.{}", what, window + 1);
}

/// "candidate.1" of the first.
std::string candidateName(std::size_t candidate)
{
    return fmt::format("candidate.{}", candidate + 1);
}

/// Whether the encoder computes something else for them: a mute is of one of its sites, keys are hidden on its axis.
bool touch(const std::vector<Intervention>& interventions, const std::vector<PlannedSite>& sites,
           const std::string& axis)
{
    return std::ranges::any_of(interventions, [&](const Intervention& intervention) {
        if (const auto* mute = std::get_if<MuteHead>(&intervention))
            return std::ranges::count(sites, mute->site, &PlannedSite::name) > 0;
        return std::get<HideKeys>(intervention).axis == axis;
    });
}

/// A window as the decoder needs it.
struct WindowSound
{
    at::Tensor states;  ///< [positions, width]
    WhisperCache heard; ///< of these, outside autograd's graph
};

/// The decoder over one window: what was heard, and what the sequences that are being written keep between steps.
class WindowText
{
public:
    WindowText(const WhisperDecoder& decoder, WindowSound sound, AttentionAxes axes)
        : m_decoder(decoder), m_sound(std::move(sound)), m_axes(std::move(axes)), m_cache(m_sound.heard)
    {}

    at::Tensor step(const at::Tensor& ids, std::int64_t past, const ForwardContext& context)
    {
        const bool next = ids.size(0) == 1; // sees all that came before
        const AttentionMask mask = next ? AttentionMask::none() : AttentionMask::causal(ids.size(0));
        return m_decoder({ids, past, false, mask, {}, m_axes}, &m_cache, context);
    }

    /// After the first step, which reads the prompt, all sequences go on by one token.
    std::vector<at::Tensor> beamStep(std::span<const BeamExtension> extensions, std::int64_t past,
                                     const ForwardContext& context)
    {
        if (past == 0)
            return {step(idTensor(extensions.front().newIds), past, context)[-1].contiguous()};
        std::vector<std::int32_t> ids;
        std::vector<std::size_t> from;
        for (const BeamExtension& extension : extensions) {
            ids.push_back(extension.newIds.back());
            from.push_back(std::min(extension.from, m_cache.layers.front().self.size() - 1)); // one for all at first
        }
        m_cache = m_cache.forked(from);
        const WhisperTextInput input{idTensor(ids), past, true, AttentionMask::none(), {}, m_axes};
        const at::Tensor rows = m_decoder(input, &m_cache, context); // [sequences, vocabulary]
        std::vector<at::Tensor> logits;
        for (std::int64_t row = 0; row < rows.size(0); ++row)
            logits.push_back(rows[row].clone()); // so that none keeps the others in memory
        return logits;
    }

    at::Tensor replay(const at::Tensor& ids, const ForwardContext& context) const
    {
        const WhisperTextInput input{ids, 0, false, AttentionMask::causal(ids.size(0)), m_sound.states, m_axes};
        WhisperCache heard = m_sound.heard;
        return m_decoder(input, context.gradients ? nullptr : &heard, context);
    }

private:
    const WhisperDecoder& m_decoder;
    WindowSound m_sound;
    AttentionAxes m_axes;
    WhisperCache m_cache;
};

class Whisper : public ModelBase
{
public:
    Whisper(std::shared_ptr<const Checkpoint> checkpoint, WhisperConfig config)
        : ModelBase(std::move(checkpoint), factsOf(config)), m_config(std::move(config)),
          m_encoder(WhisperEncoder::load(weights() / "model" / "encoder", m_config.encoder, m_config.melBins)),
          m_decoder(WhisperDecoder::load(weights(), m_config))
    {
        finishLoading();
    }

private:
    bool severalWindows(const RunRequest& request) const { return request.sound->frames > m_config.windowFrames(); }

    WhisperPrompt promptOf(const RunRequest& request) const
    {
        if (request.sound->bins != m_config.melBins)
            throw Error(ErrorKind::InvalidRequest,
                        "The sound has {} bins, but the model takes {}: correct \"feature_size\" in "
                        "preprocessor_config.json",
                        request.sound->bins, m_config.melBins);
        if (request.candidates && severalWindows(request))
            throw Error(
                ErrorKind::InvalidRequest,
                "Candidates are compared on one window; the recording has {:.2f} s and a window {:.2f} s. Cut out "
                "the part in question",
                static_cast<double>(request.sound->frames) * request.sound->secondsPerFrame,
                static_cast<double>(m_config.windowFrames()) * request.sound->secondsPerFrame);
        WhisperPrompt prompt = whisperPrompt(m_config.generation, request.speech, severalWindows(request));
        requireRoomFor(request, settingsFor(request, m_config.generation.search),
                       static_cast<std::int64_t>(prompt.ids.size()));
        return prompt;
    }

    void planPasses(ModelPlan& plan) const override
    {
        const RunRequest& request = plan.request();
        const auto promptLength = static_cast<std::int64_t>(promptOf(request).ids.size());
        const GenerationSettings settings = settingsFor(request, m_config.generation.search);
        if (request.candidates)
            return planCandidates(plan, promptLength, settings.lengthLimit(promptLength));
        const std::int64_t inputs = mostReplayedPositions(settings, promptLength);
        const std::int64_t frames = m_config.windowFrames();
        const std::int64_t windows = (request.sound->frames + frames - 1) / frames;
        if (windows > kMostWindows)
            throw Error(ErrorKind::TooLarge, "The recording is {} windows of this model, more than {}; cut it", windows,
                        kMostWindows);
        for (int window = 0; window < windows; ++window) {
            const AttentionAxes axes{nameOf("transcript", window), nameOf("sound", window)};
            planSound(plan, axes.keys);
            planText(plan, axes, inputs, promptLength);
            if (window == 0)
                plan.addText(axes.queries);
        }
    }

    void planSound(ModelPlan& plan, const std::string& axis) const
    {
        plan.add(axis, m_encoder.plan(axis));
        plan.add({axis, m_config.encoder.positions, 0, m_config.encoder.positions, {}});
    }

    void planText(ModelPlan& plan, const AttentionAxes& axes, std::int64_t inputs, std::int64_t promptLength) const
    {
        plan.add(axes.queries, m_decoder.plan(axes, inputs, m_config.encoder.positions));
        plan.add({axes.queries, inputs, 1, promptLength, {}}); // the first row sees nothing but position 0
    }

    /// Those of a search are `longest` at most.
    void planCandidates(ModelPlan& plan, std::int64_t promptLength, std::int64_t longest) const
    {
        const CandidateRequest& wanted = *plan.request().candidates;
        planSound(plan, "sound");
        std::vector<std::int64_t> inputs;
        for (const std::vector<std::int32_t>& text : wanted.texts)
            inputs.push_back(promptLength + static_cast<std::int64_t>(text.size()));
        inputs.resize(inputs.size() + static_cast<std::size_t>(wanted.fromSearch), longest);
        for (std::size_t i = 0; i < inputs.size(); ++i)
            planText(plan, {candidateName(i), "sound"}, inputs[i], promptLength);
    }

    void runPasses(ModelRun& run) const override
    {
        WhisperPrompt prompt = promptOf(run.request());
        std::int64_t seek = 0; // frames
        for (int window = 0; seek < run.request().sound->frames; ++window) {
            const WindowSound sound = hear(run, window, seek);
            if (prompt.detected)
                prompt.ids[*prompt.detected] = detectLanguage(run, sound);
            prompt.detected.reset(); // of the first window, for all
            if (run.request().candidates)
                return judge(run, prompt, sound);
            const AttentionAxes axes{nameOf("transcript", window), nameOf("sound", window)};
            generateText(run, textOf(run, axes, prompt, sound));
            seek += divide(run, seek);
        }
    }

    /// The window as the pass "sound"; adds its axis.
    WindowSound hear(ModelRun& run, int window, std::int64_t seek) const
    {
        const MelFeatures& sound = *run.request().sound;
        const at::Tensor whole = at::from_blob(const_cast<float*>(sound.values.data()), {sound.bins, sound.frames},
                                               at::kFloat); // [bins, frames], only read
        const std::int64_t frames = std::min(m_config.windowFrames(), sound.frames - seek);
        const at::Tensor part = whole.narrow(1, seek, frames);
        const at::Tensor features = at::constant_pad_nd(part, {0, m_config.windowFrames() - frames}).contiguous();
        const std::string axis = nameOf("sound", window);
        run.addAxis(soundRunAxis(axis, kRecording, m_config.encoder.positions,
                                 sound.startSeconds + static_cast<double>(seek) * sound.secondsPerFrame,
                                 sound.secondsPerFrame * kFramesPerPosition));
        const at::Tensor states = statesOf(run, axis, features);
        const at::NoGradGuard noGraph;
        return {states, m_decoder.hear(states)};
    }

    at::Tensor statesOf(ModelRun& run, const std::string& axis, const at::Tensor& features) const
    {
        const std::string component = "model.encoder";
        const std::int64_t layers = m_config.encoder.layers;
        std::vector<PlannedSite> sites = m_encoder.plan(axis);
        for (PlannedSite& site : sites)
            site.passId = axis;
        const bool untouched = !touch(run.request().interventions, sites, axis);
        const at::Tensor known = untouched && run.wantsOnlyOutcome(sites) ? m_heard.find(features) : at::Tensor();
        if (known.defined()) {
            run.skip(axis, component, layers, sites);
            return known;
        }
        const at::Tensor states = run.record(
            axis, component, layers, [&](const ForwardContext& context) { return m_encoder(features, axis, context); });
        if (untouched && !run.request().gradients)
            m_heard.keep(features, states);
        return states;
    }

    /// The most probable of the languages' tokens after the start token.
    std::int32_t detectLanguage(const ModelRun& run, const WindowSound& sound) const
    {
        const at::NoGradGuard noGraph;
        const at::Tensor start = idTensor({&m_config.generation.startToken, 1});
        WhisperCache heard = sound.heard;
        const at::Tensor logits =
            m_decoder({start, 0, false, {}, {}, {"transcript", "sound"}}, &heard, run.unrecorded())[-1].contiguous();
        throwUnlessFinite(logits, "scores of the language");
        const float* scores = logits.data_ptr<float>();
        std::int32_t best = -1;
        for (const auto& [name, id] : m_config.generation.languages)
            if (best < 0 || scores[id] > scores[best] || (scores[id] == scores[best] && id < best))
                best = id;
        return best;
    }

    /// The text of a window as pass and axis `axes.queries`.
    TextGeneration textOf(const ModelRun& run, const AttentionAxes& axes, const WhisperPrompt& prompt,
                          const WindowSound& sound) const
    {
        const auto text = std::make_shared<WindowText>(m_decoder, sound, axes);
        TextGeneration generation;
        generation.id = axes.queries;
        generation.component = "model.decoder";
        generation.layers = m_config.decoder.layers;
        generation.settings = settingsFor(run.request(), m_config.generation.search);
        generation.prompt = prompt.ids;
        generation.rule = whisperRule(m_config.generation, prompt.ids.size(), prompt.timestamps);
        generation.step = std::bind_front(&WindowText::step, text);
        generation.beamStep = std::bind_front(&WindowText::beamStep, text);
        generation.replay = std::bind_front(&WindowText::replay, text);
        return generation;
    }

    void judge(ModelRun& run, const WhisperPrompt& prompt, const WindowSound& sound) const
    {
        const AttentionAxes search{"transcript", "sound"};
        const std::vector<DecodedSequence> sequences = candidateSequences(run, textOf(run, search, prompt, sound));
        for (std::size_t i = 0; i < sequences.size(); ++i)
            replayText(run, textOf(run, {candidateName(i), "sound"}, prompt, sound), sequences[i]);
    }

    /// Adds the segments of the text written last. → frames to the next window.
    std::int64_t divide(ModelRun& run, std::int64_t seek) const
    {
        const MelFeatures& sound = *run.request().sound;
        RunResult& result = run.result();
        std::vector<std::int32_t> ids;
        for (const GeneratedTokenResult& token : result.generated.back().tokens)
            ids.push_back(token.id);
        if (!ids.empty() && ids.back() == m_config.generation.search.endToken)
            ids.pop_back();
        const std::int64_t frames = std::min(m_config.windowFrames(), sound.frames - seek);
        // Without a time token no id is one.
        const std::int64_t before = m_config.generation.noTimestamps.value_or(m_config.vocabularySize);
        const auto firstTime = static_cast<std::int32_t>(before + 1);
        const WindowReading reading = readWindow(ids, firstTime, frames, sound.secondsPerFrame);
        const double start = sound.startSeconds + static_cast<double>(seek) * sound.secondsPerFrame;
        for (SpeechSegment segment : reading.segments) {
            segment.text = result.generated.size() - 1;
            segment.startSeconds += start;
            segment.endSeconds += start;
            result.segments.push_back(segment);
        }
        return reading.advance;
    }

    WhisperConfig m_config;
    WhisperEncoder m_encoder;
    WhisperDecoder m_decoder;
    mutable HeardStates m_heard;
};

} // namespace

std::unique_ptr<Model> loadWhisper(std::shared_ptr<const Checkpoint> checkpoint)
{
    WhisperConfig config = WhisperConfig::from(*checkpoint);
    return std::make_unique<Whisper>(std::move(checkpoint), std::move(config));
}

} // namespace heedmap
