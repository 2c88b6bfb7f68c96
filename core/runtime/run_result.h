#pragma once

#include "core/capture/manifest.h"
#include "core/runtime/float_tensor.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace heedmap {

/// What a run put out, free of torch: whoever writes a capture or answers a request needs no more than this header.

enum class AttentionKind
{
    Self,
    Cross
};

/// Which keys a query may look at, in symbols: a pair is visible when every rule allows it.
struct MaskSymbols
{
    std::optional<std::int64_t> causalOffset; ///< key <= query + offset
    /// Allowed keys, [begin, end) each; without entries every key is allowed. Padding is what is left out.
    std::vector<std::pair<std::int64_t, std::int64_t>> keyRanges;

    bool operator==(const MaskSymbols&) const = default;
};

/// One attention module in one pass. Head order is the model's; heads are never averaged.
struct RecordedSite
{
    std::string name; ///< dotted path of the module in the reference implementation that puts the weights out
    int layer = 0;
    AttentionKind kind = AttentionKind::Self;
    std::string queryAxis; ///< ids in RunResult::axes
    std::string keyAxis;
    int heads = 1;
    int keyValueHeads = 1;
    int headDim = 1;
    double scale = 1; ///< score = scale × q·k
    MaskSymbols mask;
    int order = 0;       ///< execution order in the pass, from 0
    FloatTensor queries; ///< [heads, queries, headDim] as they enter the dot product
    FloatTensor keys;    ///< [keyValueHeads, keys, headDim] as they enter the dot product
    FloatTensor weights; ///< [heads, queries, keys], the probabilities after softmax that the model used
    // Empty unless asked for.
    FloatTensor values;          ///< [keyValueHeads, keys, headDim] as they are mixed
    FloatTensor valueNorms;      ///< [heads, keys], ‖V W_O‖
    FloatTensor outputGradients; ///< [heads, queries, headDim], ∂y/∂(weights · V); empty too where y does not depend
};

/// A site as it will be, before anything is computed: what a capture of it will cost.
struct PlannedSite
{
    std::string passId;
    std::string name;
    int layer = 0;
    AttentionKind kind = AttentionKind::Self;
    std::string queryAxis;
    std::string keyAxis;
    int heads = 1;
    int keyValueHeads = 1;
    int headDim = 1;
    std::int64_t queries = 0; ///< generated text: as many as the length limit allows
    std::int64_t keys = 0;
    bool values = false;          ///< values and their norms are recorded too
    bool outputGradients = false; ///< gradients are
};

/// An intermediate result, for comparison with the reference: "vision_model.embeddings", a block, "text_decoder.cls".
struct RecordedStage
{
    std::string name; ///< dotted path of the module that put it out
    FloatTensor values;
};

/// One forward of one component over one final sequence.
struct RecordedPass
{
    std::string id;        ///< "vision", "question", "answer", "caption", "text", "text_alone"
    std::string component; ///< "vision_model", "text_encoder", "text_decoder"
    std::vector<RecordedSite> sites;
    std::vector<RecordedStage> stages; ///< empty unless asked for
};

/// What the positions of an axis are, as far as the model knows.
struct RunAxis
{
    enum class Kind
    {
        Picture,  ///< `leadingSpecials` special positions (CLS), then rows × columns patches of patchSize pixels
        Sound,    ///< `length` positions of secondsPerPosition each, the first at startSeconds of the recording
        Input,    ///< tokens of the request's text, in the request's order
        Generated ///< `tokenIds`: the decoder's input sequence, start or prompt first
    };
    std::string id; ///< "picture", "question", "answer", "sound"; a picture's is that of its input
    Kind kind = Kind::Input;
    std::string input; ///< the ModelInput these positions are of; Generated: the first promptLength, empty: none
    std::int64_t length = 0;
    int leadingSpecials = 0;
    int rows = 0;
    int columns = 0;
    int patchSize = 0;                  ///< model pixels
    double startSeconds = 0;            ///< Sound
    double secondsPerPosition = 0;      ///< Sound
    std::vector<std::int32_t> tokenIds; ///< Input and Generated: one per position
    std::int64_t promptLength = 0;      ///< Generated: positions that were given, not generated
};

struct TokenChoice
{
    std::int32_t id = 0;
    double logProbability = 0; ///< natural logarithm
};

/// A generated token and the rows that speak of it. The query row of input token i predicts token i + 1.
struct GeneratedTokenResult
{
    std::int32_t id = 0;
    double logProbability = 0; ///< under the model's own distribution, before any penalty of the search
    std::int64_t predictingRow = 0;
    std::optional<std::int64_t> inputRow; ///< absent for the last token: the sequence ended with it
    /// Of the predicting row: the most probable tokens, at most 5, then those the request asked for; best first.
    std::vector<TokenChoice> alternatives;
};

/// A text that a search found beside the one it chose. It is not replayed.
struct RunnerUp
{
    std::vector<TokenChoice> tokens; ///< without the prompt, with the end token when there is one; as they were decoded
    bool ended = false;
    double score = 0; ///< as GeneratedText::score
};

struct GeneratedText
{
    std::string passId;
    std::string axisId;
    std::vector<GeneratedTokenResult> tokens; ///< without the prompt, with the end token when there is one
    bool ended = false;                       ///< the end token was generated before the length limit
    std::optional<double> score;              ///< of a beam search, see DecodedSequence
    std::vector<RunnerUp> runnersUp;     ///< best first, where the request wants more than the best; those there are
    double replayMaxLogitDifference = 0; ///< max |logit of the replay − logit of the decoding|
};

/// A part of a text that says when it was spoken.
struct SpeechSegment
{
    std::size_t text = 0;  ///< of RunResult::generated
    std::size_t begin = 0; ///< of its tokens, [begin, end), times included
    std::size_t end = 0;
    double startSeconds = 0; ///< of the recording
    double endSeconds = 0;
};

/// Numbers a run came to, such as a match probability.
struct RunScores
{
    std::string id;            ///< of the output: "match"
    std::vector<Score> values; ///< the most telling first: a summary shows that one
};

struct RunResult
{
    std::vector<RunAxis> axes;
    std::vector<RecordedPass> passes;     ///< in execution order
    std::vector<GeneratedText> generated; ///< each with an axis of its own
    std::vector<SpeechSegment> segments;  ///< of speech, in order; what a text has after them was cut off
    std::optional<RunScores> scores;
    std::optional<GradientTarget> gradientTarget; ///< of the sites' gradients; the token goes by its id alone
};

/// Takes sites one by one as they are computed, on the computing thread.
using SiteSink = std::function<void(const std::string& passId, RecordedSite&& site)>;

/// Takes ∂y/∂O of sites that were recorded before, on the computing thread, last site first. [heads, queries, headDim]
using GradientSink = std::function<void(const std::string& passId, const std::string& site, FloatTensor&& gradient)>;

/// `done` of `total` steps of `stage` ("vision", "question", "decode", "answer") are finished; `total` is a bound for
/// "decode". Called on the computing thread.
using ProgressCallback = std::function<void(const std::string& stage, int done, int total)>;

} // namespace heedmap
