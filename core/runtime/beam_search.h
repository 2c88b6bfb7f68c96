#pragma once

#include "core/runtime/generation.h"

#include <functional>
#include <span>
#include <vector>

namespace heedmap {

/// A sequence of this step: one of the last step's, and what was added to it.
struct BeamExtension
{
    std::size_t from = 0; ///< which of the last step's sequences; the first step has one and continues nothing
    std::span<const std::int32_t> newIds;
};

/// Logits [vocabulary] after each extension. All stand at positions `past`, past + 1, …
using BeamStep = std::function<std::vector<at::Tensor>(std::span<const BeamExtension> extensions, std::int64_t past)>;

/// What of a search is handed out.
struct BeamOutcome
{
    std::size_t sequences = 1; ///< at most so many of the best
    bool logits = true;        ///< false: theirs are undefined, and none are kept on the way
};

/// The sequences `settings.beams` keep, best first, by the rules of `transformers` 4.57 (generation/utils.py,
/// `_beam_search`): of the 2 × beams best continuations of all sequences those that end are kept as finished when they
/// are among the first `beams`, the others go on; scores are sums of log-probabilities over the generated length to
/// the power of the length penalty. Errors: as searchGreedily; InvalidRequest when `rule` leaves nothing to add.
std::vector<DecodedSequence> searchBeams(const GenerationSettings& settings, const std::vector<std::int32_t>& prompt,
                                         const BeamStep& step, const ScoreRule& rule, const BeamOutcome& wanted);

} // namespace heedmap
