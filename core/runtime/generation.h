#pragma once

#include "core/base/json.h"
#include "core/runtime/run_result.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// When a beam search that has enough finished sequences ends.
enum class EarlyStopping
{
    Estimate, ///< when the best unfinished one, were it finished now, is worse: `early_stopping` false
    AtOnce,   ///< true
    Never     ///< when none can become better: "never"
};

/// How text is searched for: greedily or with beams, with the length rules and penalties of `transformers` 4.57
/// (generation/utils.py, logits_process.py). Lengths count the whole sequence, prompt included, unless they say "new".
struct GenerationSettings
{
    std::int64_t maxLength = 20;
    std::optional<std::int64_t> maxNewTokens; ///< wins over maxLength
    std::int64_t minLength = 0;
    std::optional<std::int64_t> minNewTokens; ///< wins over minLength
    double repetitionPenalty = 1.0;
    std::int64_t noRepeatNgramSize = 0;
    std::int32_t endToken = 0;
    std::int64_t maxPositions = 0; ///< of the decoder; no sequence grows beyond it
    std::int64_t beams = 1;        ///< 1: greedy
    double lengthPenalty = 1.0;    ///< beams: scores are divided by this power of the generated length
    EarlyStopping earlyStopping = EarlyStopping::Estimate;

    /// Sequence length at which the search stops. The default of 20 counts new tokens, as the reference has it.
    std::int64_t lengthLimit(std::int64_t promptLength) const;
    std::int64_t leastLength(std::int64_t promptLength) const;
};

/// Reads the generation fields a model configuration may carry. `where` names it in messages. `endToken` and
/// `maxPositions` are left to the caller. `notes` gains a line for each field that is set but has no effect.
/// Errors: Unsupported, naming the field and its value, for a field that would change the search in a way this program
/// does not do (sampling, beams, …); InvalidFile for values out of range.
GenerationSettings generationSettingsFrom(const Json& config, const std::string& where,
                                          std::vector<std::string>& notes);

/// The same check for a configuration the reference does not read when it generates: a search it asks for is refused,
/// lengths and penalties are noted as without effect.
void checkUnreadGenerationConfig(const Json& config, const std::string& where, std::vector<std::string>& notes);

struct DecodedSequence
{
    std::vector<std::int32_t> ids; ///< prompt and generated tokens
    std::int64_t promptLength = 0;
    at::Tensor logits; ///< [generated tokens, vocabulary], as the model gave them; undefined: not decoded but given
    bool ended = false;
    std::optional<double> score; ///< of a beam search: the sum of log-probabilities over the length, penalised
};

/// Logits [vocabulary] after the last of `newIds`, which stand at positions `past`, past + 1, …
using DecodeStep = std::function<at::Tensor(std::span<const std::int32_t> newIds, std::int64_t past)>;

/// Changes the scores of the next token after `ids`, after the penalties of the settings: what an architecture
/// forbids. Scores are logits, or, with beams, logarithms of probabilities. May be empty.
using ScoreRule = std::function<void(std::span<const std::int32_t> ids, std::span<float> scores)>;

/// Errors: InvalidRequest when the prompt leaves no room; InvalidFile when the logits are not finite.
DecodedSequence searchGreedily(const GenerationSettings& settings, std::vector<std::int32_t> prompt,
                               const DecodeStep& step, const ScoreRule& rule = {});

/// What both searches make of logits before they choose. `scores` [vocabulary], logits or logarithms of probabilities.
void applyRules(const GenerationSettings& settings, std::int64_t promptLength, std::span<const std::int32_t> ids,
                const ScoreRule& rule, std::span<float> scores);
/// Errors: InvalidRequest, when nothing could be added to a prompt of that length.
void requireRoom(const GenerationSettings& settings, std::int64_t promptLength);

/// Pairs every generated token with the row that predicts it: row i of `replayLogits` [sequence − 1, vocabulary] has
/// token i as its input and predicts token i + 1. `scoredTokens` are in every token's alternatives, however improbable.
GeneratedText describeGeneration(const DecodedSequence& sequence, const at::Tensor& replayLogits,
                                 const std::vector<std::int32_t>& scoredTokens = {});

/// Errors: InvalidFile when any value is infinite or not a number; `what` names the tensor.
void throwUnlessFinite(const at::Tensor& values, const std::string& what);

} // namespace heedmap
