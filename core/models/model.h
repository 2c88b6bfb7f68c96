#pragma once

#include "core/capture/alignment.h"
#include "core/capture/intervention.h"
#include "core/capture/manifest.h"
#include "core/checkpoint/checkpoint.h"
#include "core/media/image_preprocessor.h"
#include "core/media/log_mel.h"
#include "core/models/gradient_source.h"
#include "core/runtime/run_result.h"
#include "core/tokenizer/tokenizer.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace heedmap {

/// One thing a run is given from outside. A model takes at most one of each kind.
struct ModelInput
{
    std::string id; ///< "picture", "question": names it in requests, captures and messages
    InputKind kind = InputKind::Text;
    bool required = true;
    std::string title; ///< for people
};

/// What is worth knowing about a loaded model without knowing its architecture.
struct ModelFacts
{
    std::string modelType;
    std::string architecture;
    std::string task; ///< for programs: "question_answering", "captioning", "retrieval", "transcription"
    std::vector<ModelInput> inputs;
    bool generatesText = false;
    bool searchesBeams = false;         ///< RunRequest::beams may be more than 1
    bool judgesTexts = false;           ///< RunRequest::candidates may be given
    std::int64_t maxTextTokens = 0;     ///< special tokens included; longer texts must be cut by the tokenizer
    std::int64_t vocabularySize = 0;    ///< 0: neither takes nor gives text
    std::vector<std::string> languages; ///< of speech, as a request names them ("en"); empty: no choice
    std::optional<Alignment> alignment; ///< which heads tell when a token was spoken, as the checkpoint has it
    std::string imageProcessor;         ///< class of a folder whose preprocessor_config.json names none
    std::map<std::string, std::string> passNotes; ///< pass → what sets it apart in titles: "without the picture"
    std::int64_t parameterCount = 0;              ///< of the checkpoint
    std::vector<std::string> unusedTensors;       ///< of the checkpoint, sorted
    std::vector<std::string> notes;               ///< settings without effect, in sentences

    /// Null when the model takes none of this kind.
    const ModelInput* input(InputKind kind) const;
    bool needsTokenizer() const { return generatesText || input(InputKind::Text); }
};

constexpr std::int64_t kMostBeams = 64;      ///< that a search keeps
constexpr std::int64_t kMostCandidates = 64; ///< that one run judges, those of a search among them

/// How speech is to be written down. What is left open follows from the checkpoint's settings.
struct SpeechRequest
{
    std::string language;           ///< "en" or "english"; empty: the settings', or else detected
    std::string task;               ///< "transcribe" or "translate"
    std::optional<bool> timestamps; ///< whether the text says when; a recording of several windows always does
};

/// Texts to judge instead of writing one. Each is replayed as a pass and axis of its own, "candidate.1" and so on, end
/// token included; inputs are encoded once for all.
struct CandidateRequest
{
    std::vector<std::vector<std::int32_t>> texts; ///< what follows the prompt, without the end token
    std::int64_t fromSearch = 0;                  ///< so many of the best a search finds too, where they are others
};

struct CaptureRequest
{
    bool sites = true;
    bool stages = false; ///< intermediate results, for comparison with the reference
    bool values = false; ///< what the sites mix, and how long it is behind the output projection
    SiteSink sink;       ///< see PassRecorder
    /// Which sites are looked at once they were recorded; empty: all. A pass none of whose sites is need not be
    /// computed when its outcome is known from an earlier run.
    std::function<bool(const PlannedSite& site)> wants;
    /// Told of the sites such a pass would have had, in their order; may be empty.
    std::function<void(const PlannedSite& site)> skipped;
    GradientSink gradientSink; ///< when set, gradients go there and not into the sites
};

/// Values for what ModelFacts::inputs declares.
struct RunRequest
{
    std::optional<PixelValues> pixels;
    /// Of one window, or of a whole recording that is longer, window after window.
    std::optional<MelFeatures> sound;
    SpeechRequest speech;
    std::optional<Encoding> text;             ///< special tokens included
    std::vector<bool> visible;                ///< one per token, false for padding; empty when there is none
    std::optional<std::int64_t> maxNewTokens; ///< wins over the checkpoint's settings
    std::optional<std::int64_t> beams;        ///< the same; 1 is greedy
    std::int64_t nBest = 1;                   ///< texts of a search that the result tells of, at most its beams
    std::optional<CandidateRequest> candidates;
    std::vector<Intervention> interventions;  ///< empty: the model as it is
    std::optional<GradientRequest> gradients; ///< absent: nothing is differentiated
    std::vector<std::int32_t> scoredTokens;   ///< ids every generated token's alternatives are to have
    CaptureRequest capture;
};

/// A loaded model. Runs may follow one another or go side by side; what one leaves behind (the states of sound that was
/// heard) makes the next one faster, never another.
class Model
{
public:
    virtual ~Model() = default;

    virtual const ModelFacts& facts() const = 0;
    /// The sites `run` would record, in its order, without computing anything. Of a picture only width and height
    /// are looked at, of sound bins and frames. Errors: InvalidRequest and NotFound as `run`.
    virtual std::vector<PlannedSite> plan(const RunRequest& request) const = 0;
    /// Decodes without capture, then replays the final sequence with it. `stop` is looked at between layers.
    /// With gradients, autograd keeps what the passes that y depends on need for the way back: about twenty numbers a
    /// position and feature of each layer (BLIP base at 384 pixels: 0.4 GB), but no attention weights, and no gradient
    /// of a weight is ever computed. Errors: InvalidRequest (an input that is missing or not taken, wrong picture size,
    /// too long text, ids outside the vocabulary), NotFound and InvalidRequest (interventions, as checkInterventions;
    /// gradients, as sourceOf, and of a token that was not generated), Cancelled, InvalidFile (weights cut short while
    /// mapped, or giving values that are not finite).
    virtual RunResult run(const RunRequest& request, std::stop_token stop, const ProgressCallback& progress) const = 0;
};

} // namespace heedmap
