#include "core/models/text_generation.h"

#include "core/base/error.h"
#include "core/runtime/tensor_conversion.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace heedmap {

namespace {

/// Best first; one of a greedy search.
std::vector<DecodedSequence> decode(const ModelRun& run, const TextGeneration& generation, const BeamOutcome& wanted)
{
    const at::NoGradGuard noGraph; // gradients are those of the replay
    const auto promptLength = static_cast<std::int64_t>(generation.prompt.size());
    const std::int64_t total = generation.settings.lengthLimit(promptLength) - promptLength;
    const ForwardContext context = run.unrecorded();
    std::int64_t steps = 0;
    if (generation.settings.beams > 1) {
        const BeamStep step = [&](std::span<const BeamExtension> extensions, std::int64_t past) {
            std::vector<at::Tensor> logits = generation.beamStep(extensions, past, context);
            run.report("decode", ++steps, total);
            return logits;
        };
        return searchBeams(generation.settings, generation.prompt, step, generation.rule, wanted);
    }
    const DecodeStep step = [&](std::span<const std::int32_t> newIds, std::int64_t past) {
        const at::Tensor logits = generation.step(idTensor(newIds), past, context); // [new positions, vocabulary]
        run.report("decode", ++steps, total);
        return logits[-1];
    };
    return {searchGreedily(generation.settings, generation.prompt, step, generation.rule)};
}

RunnerUp runnerUp(const DecodedSequence& sequence)
{
    const at::NoGradGuard noGraph;
    const at::Tensor logProbabilities = at::log_softmax(sequence.logits, -1); // [generated tokens, vocabulary]
    RunnerUp text;
    text.ended = sequence.ended;
    text.score = sequence.score.value();
    for (std::int64_t i = 0; i < logProbabilities.size(0); ++i) {
        const std::int32_t id = sequence.ids[static_cast<std::size_t>(sequence.promptLength + i)];
        text.tokens.push_back({id, logProbabilities[i][id].item<float>()});
    }
    return text;
}

GeneratedText described(const DecodedSequence& sequence, const at::Tensor& logits,
                        const std::vector<std::int32_t>& scoredTokens)
{
    const at::NoGradGuard noGraph;
    return describeGeneration(sequence, logits, scoredTokens);
}

/// Without end tokens.
std::vector<DecodedSequence> givenSequences(const std::vector<std::vector<std::int32_t>>& texts,
                                            const TextGeneration& generation)
{
    std::vector<DecodedSequence> sequences;
    for (const std::vector<std::int32_t>& text : texts) {
        DecodedSequence& sequence = sequences.emplace_back();
        sequence.ids = generation.prompt;
        sequence.ids.insert(sequence.ids.end(), text.begin(), text.end());
    }
    return sequences;
}

/// One that was given already lends it its score.
void addFound(std::vector<DecodedSequence> found, std::vector<DecodedSequence>& sequences)
{
    for (DecodedSequence& sequence : found) {
        if (sequence.ended)
            sequence.ids.pop_back();
        const auto same = std::ranges::find(sequences, sequence.ids, &DecodedSequence::ids);
        if (same == sequences.end())
            sequences.push_back(std::move(sequence));
        else
            same->score = sequence.score;
    }
}

} // namespace

GenerationSettings settingsFor(const RunRequest& request, GenerationSettings settings)
{
    if (request.maxNewTokens)
        settings.maxNewTokens = request.maxNewTokens;
    settings.beams = request.beams.value_or(settings.beams);
    const std::int64_t wanted = request.candidates ? request.candidates->fromSearch : request.nBest;
    if (wanted > settings.beams)
        throw Error(ErrorKind::InvalidRequest, "The {} best texts of a search need as many beams; it has {}", wanted,
                    settings.beams);
    return settings;
}

void requireRoomFor(const RunRequest& request, const GenerationSettings& settings, std::int64_t promptLength)
{
    if (!request.candidates || request.candidates->fromSearch > 0)
        requireRoom(settings, promptLength);
    if (!request.candidates)
        return;
    const std::int64_t room = std::max<std::int64_t>(0, settings.maxPositions - promptLength);
    const std::vector<std::vector<std::int32_t>>& texts = request.candidates->texts;
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (static_cast<std::int64_t>(texts[i].size()) > room) // the end token is never an input
            throw Error(ErrorKind::InvalidRequest,
                        "Candidate {} has {} tokens; after a prompt of {}, the model has room for {}", i + 1,
                        texts[i].size(), promptLength, room);
}

std::int64_t mostReplayedPositions(const GenerationSettings& settings, std::int64_t promptLength)
{
    return settings.lengthLimit(promptLength) - 1; // the last token is never an input
}

void generateText(ModelRun& run, TextGeneration generation)
{
    const auto wanted = static_cast<std::size_t>(run.request().nBest);
    const std::vector<DecodedSequence> found = decode(run, generation, {.sequences = wanted});
    replayText(run, generation, found.front());
    for (std::size_t i = 1; i < found.size(); ++i)
        run.result().generated.back().runnersUp.push_back(runnerUp(found[i]));
}

std::vector<DecodedSequence> candidateSequences(const ModelRun& run, const TextGeneration& generation)
{
    const CandidateRequest& wanted = *run.request().candidates;
    std::vector<DecodedSequence> sequences = givenSequences(wanted.texts, generation);
    if (wanted.fromSearch > 0) {
        const BeamOutcome outcome{.sequences = static_cast<std::size_t>(wanted.fromSearch), .logits = false};
        addFound(decode(run, generation, outcome), sequences);
    }
    for (DecodedSequence& sequence : sequences) {
        sequence.ids.push_back(generation.settings.endToken);
        sequence.promptLength = static_cast<std::int64_t>(generation.prompt.size());
        sequence.logits = at::Tensor();
        sequence.ended = true;
    }
    return sequences;
}

void replayText(ModelRun& run, const TextGeneration& generation, const DecodedSequence& sequence)
{
    RunAxis axis;
    axis.id = generation.id;
    axis.kind = RunAxis::Kind::Generated;
    axis.input = generation.promptInput;
    axis.promptLength = sequence.promptLength;
    // The last token was never an input: the sequence ended with it.
    axis.tokenIds.assign(sequence.ids.begin(), sequence.ids.end() - 1);
    axis.length = static_cast<std::int64_t>(axis.tokenIds.size());
    const at::Tensor ids = idTensor(axis.tokenIds);
    run.addAxis(std::move(axis));
    const at::Tensor logits =
        run.record(generation.id, generation.component, generation.layers,
                   [&](const ForwardContext& context) { return generation.replay(ids, context); });
    GeneratedText text = described(sequence, logits, run.request().scoredTokens);
    text.passId = generation.id;
    text.axisId = generation.id;
    text.score = sequence.score;
    run.offerText(text, logits);
    run.result().generated.push_back(std::move(text));
}

} // namespace heedmap
