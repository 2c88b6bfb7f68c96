#include "core/models/text_generation.h"

#include "core/runtime/tensor_conversion.h"

#include <ATen/ATen.h>

namespace heedmap {

namespace {

DecodedSequence decode(const ModelRun& run, TextGeneration& generation)
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
        return searchBeams(generation.settings, generation.prompt, step, generation.rule).front();
    }
    const DecodeStep step = [&](std::span<const std::int32_t> newIds, std::int64_t past) {
        const at::Tensor logits = generation.step(idTensor(newIds), past, context); // [new positions, vocabulary]
        run.report("decode", ++steps, total);
        return logits[-1];
    };
    return searchGreedily(generation.settings, std::move(generation.prompt), step, generation.rule);
}

GeneratedText described(const DecodedSequence& sequence, const at::Tensor& logits,
                        const std::vector<std::int32_t>& scoredTokens)
{
    const at::NoGradGuard noGraph;
    return describeGeneration(sequence, logits, scoredTokens);
}

} // namespace

GenerationSettings settingsFor(const RunRequest& request, GenerationSettings settings)
{
    if (request.maxNewTokens)
        settings.maxNewTokens = request.maxNewTokens;
    settings.beams = request.beams.value_or(settings.beams);
    return settings;
}

std::int64_t mostReplayedPositions(const GenerationSettings& settings, std::int64_t promptLength)
{
    return settings.lengthLimit(promptLength) - 1; // the last token is never an input
}

void generateText(ModelRun& run, TextGeneration generation)
{
    const DecodedSequence sequence = decode(run, generation);
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
