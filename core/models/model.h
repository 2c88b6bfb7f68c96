#pragma once

#include "core/capture/intervention.h"
#include "core/checkpoint/checkpoint.h"
#include "core/media/image_preprocessor.h"
#include "core/runtime/run_result.h"
#include "core/tokenizer/tokenizer.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace heedmap {

enum class ModelTask
{
    QuestionAnswering,  ///< picture and question → answer
    ImageTextRetrieval, ///< picture and text → scores
    Captioning          ///< picture and, if wanted, the beginning of a caption → caption
};

const char* modelTaskName(ModelTask task); ///< "question_answering", "retrieval", "captioning"

/// What an engine must know about a loaded model.
struct ModelFacts
{
    std::string modelType;
    std::string architecture;
    ModelTask task = ModelTask::QuestionAnswering;
    bool textRequired = true;
    std::int64_t maxTextTokens = 0; ///< special tokens included; longer texts must be cut by the tokenizer
    std::int64_t vocabularySize = 0;
    int imageSize = 0; ///< model pixels of one side
    int patchSize = 0;
    std::int64_t parameterCount = 0;        ///< of the checkpoint
    std::vector<std::string> unusedTensors; ///< of the checkpoint, sorted
    std::vector<std::string> notes;         ///< settings without effect, in sentences
};

struct CaptureRequest
{
    bool sites = true;
    bool stages = false; ///< intermediate results, for comparison with the reference
    SiteSink sink;       ///< see PassRecorder
};

struct RunRequest
{
    PixelValues pixels;
    std::optional<Encoding> text;             ///< question, text or prompt, special tokens included
    std::vector<bool> visible;                ///< one per token, false for padding; empty when there is none
    std::optional<std::int64_t> maxNewTokens; ///< wins over the checkpoint's settings
    std::vector<Intervention> interventions;  ///< empty: the model as it is
    std::vector<std::int32_t> scoredTokens;   ///< ids every generated token's alternatives are to have
    CaptureRequest capture;
};

/// A loaded model. Immutable: runs may follow one another or go side by side.
class Model
{
public:
    virtual ~Model() = default;

    virtual const ModelFacts& facts() const = 0;
    /// The sites `run` would record, in its order, without computing anything. Of the picture only width and height
    /// are looked at. Errors: InvalidRequest and NotFound as `run`.
    virtual std::vector<PlannedSite> plan(const RunRequest& request) const = 0;
    /// Decodes without capture, then replays the final sequence with it. `stop` is looked at between layers.
    /// Errors: InvalidRequest (wrong picture size, missing or too long text, ids outside the vocabulary), NotFound and
    /// InvalidRequest (interventions, as checkInterventions), Cancelled,
    /// InvalidFile (weights cut short while mapped, or giving values that are not finite).
    virtual RunResult run(const RunRequest& request, std::stop_token stop, const ProgressCallback& progress) const = 0;
};

} // namespace heedmap
