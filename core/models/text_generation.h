#pragma once

#include "core/models/model_run.h"
#include "core/runtime/beam_search.h"

#include <functional>
#include <string>
#include <vector>

namespace heedmap {

/// A decoder's text from a prompt on, as an architecture describes it. The forwards name the axis `id` in every
/// attention call; logits are [new positions, vocabulary].
struct TextGeneration
{
    std::string id;        ///< of the pass and of the axis
    std::string component; ///< RecordedPass::component
    std::int64_t layers = 0;
    GenerationSettings settings;
    std::vector<std::int32_t> prompt;
    ScoreRule rule;          ///< what the architecture forbids; may be empty
    std::string promptInput; ///< the text input whose tokens the prompt is, position by position; empty: none

    /// The tokens `ids` at positions `past`, past + 1, …; what came before is in the caller's cache.
    std::function<at::Tensor(const at::Tensor& ids, std::int64_t past, const ForwardContext& context)> step;
    /// The same for several sequences; empty where the architecture has no beam search.
    std::function<std::vector<at::Tensor>(std::span<const BeamExtension> extensions, std::int64_t past,
                                          const ForwardContext& context)>
        beamStep;
    /// The whole sequence at once, without a cache.
    std::function<at::Tensor(const at::Tensor& ids, const ForwardContext& context)> replay;
};

/// `settings` as the request changes them. Errors: InvalidRequest (more of a search's best are wanted than it has
/// beams).
GenerationSettings settingsFor(const RunRequest& request, GenerationSettings settings);

/// Errors: InvalidRequest, when nothing could be written after a prompt of that length, or a candidate has no room
/// after it. Nothing that is written or judged asks again.
void requireRoomFor(const RunRequest& request, const GenerationSettings& settings, std::int64_t promptLength);

/// Positions the replay of a prompt of this length has at most.
std::int64_t mostReplayedPositions(const GenerationSettings& settings, std::int64_t promptLength);

/// Decodes greedily or with beams, without capture, then replays the final sequence with it; adds axis, pass and text
/// to the result, and as many others of the search as the request wants. Errors: as searchGreedily, searchBeams and the
/// forwards.
void generateText(ModelRun& run, TextGeneration generation);

/// The request's candidates, then those its search finds that are others, best first: prompt, text, end token. They
/// have no logits, and those of the search its scores. Errors: as generateText.
std::vector<DecodedSequence> candidateSequences(const ModelRun& run, const TextGeneration& generation);

/// Replays a sequence with capture; adds axis, pass and text to the result.
void replayText(ModelRun& run, const TextGeneration& generation, const DecodedSequence& sequence);

} // namespace heedmap
