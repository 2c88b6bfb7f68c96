#include "core/runtime/generation.h"

#include "core/base/error.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <set>

namespace heedmap {

namespace {

constexpr float kForbidden = -std::numeric_limits<float>::infinity();
constexpr std::int64_t kAlternatives = 5;

using Ids = std::span<const std::int32_t>;

std::size_t placeOf(std::int32_t id)
{
    return static_cast<std::size_t>(id);
}

/// Keskar et al. 2019, equation 2, with negative scores multiplied instead of divided.
void penalizeRepetition(std::span<float> scores, Ids ids, double penalty)
{
    const auto factor = static_cast<float>(penalty);
    for (const std::int32_t id : std::set<std::int32_t>(ids.begin(), ids.end()))
        scores[placeOf(id)] = scores[placeOf(id)] < 0 ? scores[placeOf(id)] * factor : scores[placeOf(id)] / factor;
}

/// Forbids every token that would complete an n-gram the sequence already has.
void forbidRepeatedNgrams(std::span<float> scores, Ids ids, std::size_t size)
{
    if (ids.size() + 1 < size)
        return;
    const auto tail = ids.end() - static_cast<std::ptrdiff_t>(size - 1);
    for (auto begin = ids.begin(); ids.end() - begin >= static_cast<std::ptrdiff_t>(size); ++begin)
        if (std::equal(tail, ids.end(), begin))
            scores[placeOf(*(begin + static_cast<std::ptrdiff_t>(size - 1)))] = kForbidden;
}

/// The first of them. Vectorised where std::max_element is not, which takes 0.1 ms for Whisper's vocabulary.
std::int32_t placeOfLargest(const at::Tensor& scores)
{
    const std::span<const float> values(scores.data_ptr<float>(), static_cast<std::size_t>(scores.numel()));
    return static_cast<std::int32_t>(std::ranges::find(values, scores.max().item<float>()) - values.begin());
}

/// The most probable tokens, and after them those of `asked` that are not among them.
std::vector<TokenChoice> tokenChoices(const at::Tensor& logProbabilities, const std::vector<std::int32_t>& asked)
{
    const auto [values, ids] = logProbabilities.topk(std::min(kAlternatives, logProbabilities.size(0)));
    std::vector<TokenChoice> choices;
    for (std::int64_t i = 0; i < ids.size(0); ++i)
        choices.push_back({static_cast<std::int32_t>(ids[i].item<std::int64_t>()), values[i].item<float>()});
    const auto best = static_cast<std::ptrdiff_t>(choices.size());
    for (const std::int32_t id : asked)
        if (std::ranges::find(choices, id, &TokenChoice::id) == choices.end())
            choices.push_back({id, logProbabilities[id].item<float>()});
    std::sort(choices.begin() + best, choices.end(),
              [](const TokenChoice& a, const TokenChoice& b) { return a.logProbability > b.logProbability; });
    return choices;
}

} // namespace

void throwUnlessFinite(const at::Tensor& values, const std::string& what)
{
    // x − x is 0 where x is finite, else NaN: two passes, where at::isfinite takes five.
    if ((values - values).sum().item<float>() != 0)
        throw Error(ErrorKind::InvalidFile,
                    "The {} of the model are not all finite numbers: its weights are damaged or out of range.", what);
}

void applyRules(const GenerationSettings& settings, std::int64_t promptLength, Ids ids, const ScoreRule& rule,
                std::span<float> scores)
{
    if (settings.repetitionPenalty != 1.0)
        penalizeRepetition(scores, ids, settings.repetitionPenalty);
    if (settings.noRepeatNgramSize > 0)
        forbidRepeatedNgrams(scores, ids, static_cast<std::size_t>(settings.noRepeatNgramSize));
    if (static_cast<std::int64_t>(ids.size()) < settings.leastLength(promptLength))
        scores[placeOf(settings.endToken)] = kForbidden;
    if (rule)
        rule(ids, scores);
}

void requireRoom(const GenerationSettings& settings, std::int64_t promptLength)
{
    const std::int64_t limit = settings.lengthLimit(promptLength);
    if (promptLength >= limit)
        throw Error(ErrorKind::InvalidRequest,
                    "The prompt has {} tokens and the generated sequence may have {} in all; nothing could be added.",
                    promptLength, limit);
}

DecodedSequence searchGreedily(const GenerationSettings& settings, std::vector<std::int32_t> prompt,
                               const DecodeStep& step, const ScoreRule& rule)
{
    DecodedSequence sequence;
    sequence.promptLength = static_cast<std::int64_t>(prompt.size());
    sequence.ids = std::move(prompt);
    requireRoom(settings, sequence.promptLength);
    const std::int64_t limit = settings.lengthLimit(sequence.promptLength);
    std::vector<at::Tensor> logits;
    std::int64_t past = 0;
    while (static_cast<std::int64_t>(sequence.ids.size()) < limit && !sequence.ended) {
        const std::span<const std::int32_t> fresh(sequence.ids.begin() + past, sequence.ids.end());
        logits.push_back(step(fresh, past).contiguous());
        throwUnlessFinite(logits.back(), "scores of the next token");
        past = static_cast<std::int64_t>(sequence.ids.size());
        const at::Tensor scores = logits.back().clone();
        const std::span<float> values(scores.data_ptr<float>(), static_cast<std::size_t>(scores.numel()));
        applyRules(settings, sequence.promptLength, sequence.ids, rule, values);
        sequence.ids.push_back(placeOfLargest(scores));
        sequence.ended = sequence.ids.back() == settings.endToken;
    }
    sequence.logits = at::stack(logits);
    return sequence;
}

GeneratedText describeGeneration(const DecodedSequence& sequence, const at::Tensor& replayLogits,
                                 const std::vector<std::int32_t>& scoredTokens)
{
    const auto length = static_cast<std::int64_t>(sequence.ids.size());
    const at::Tensor predicting = replayLogits.slice(0, sequence.promptLength - 1, length - 1);
    const at::Tensor logProbabilities = at::log_softmax(predicting, -1); // [generated tokens, vocabulary]
    GeneratedText text;
    text.ended = sequence.ended;
    if (sequence.logits.defined())
        text.replayMaxLogitDifference = at::max(at::abs(predicting - sequence.logits)).item<float>();
    for (std::int64_t position = sequence.promptLength; position < length; ++position) {
        const at::Tensor row = logProbabilities[position - sequence.promptLength];
        GeneratedTokenResult token;
        token.id = sequence.ids[static_cast<std::size_t>(position)];
        token.logProbability = row[token.id].item<float>();
        token.predictingRow = position - 1;
        if (position + 1 < length)
            token.inputRow = position;
        token.alternatives = tokenChoices(row, scoredTokens);
        text.tokens.push_back(std::move(token));
    }
    return text;
}

} // namespace heedmap
