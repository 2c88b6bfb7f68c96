#pragma once

#include "core/analysis/token_times.h"
#include "core/media/log_mel.h"

#include <cstdint>
#include <span>
#include <vector>

namespace heedmap {

// How the tokens of a text listen to a recording, told from their attention alone: A [tokens, positions], the mean over
// heads of the probabilities after softmax, unchanged. A token's row here is the one that predicted it, what the model
// heard when it had to say that token. Positions end with the recording, so that a row sums to at most 1.

/// The mean over the heads. [tokens, positions]
std::vector<float> meanOverHeads(const AlignmentWeights& weights);

/// Which of the first `positions` are speech: those louder than halfway between the 10th and the 90th percentile, or
/// all where these are equal. How loud a position is: the mean of its feature frames over bins. Percentiles are the
/// values in place ⌊(n − 1) / 10⌋ and ⌈9 (n − 1) / 10⌉ of n in ascending order. Errors: InvalidRequest (fewer frames).
std::vector<bool> speechPositions(const MelFeatures& features, std::int64_t positions);

/// In [0, 1] each. A text without tokens covers nothing and goes nowhere.
struct ListeningMeasures
{
    /// Σ_p∈S min(1/|S|, c_p), S the positions of speech and c_p the mean of A's column p over the tokens: 1 where the
    /// tokens together listen to all of the speech evenly, 0 where they listen to none of it. (Of attention that stays
    /// within the speech it is 1 less the total variation distance to the even distribution.)
    double coverage = 0;
    double inside = 0; ///< Σ_p c_p: how much of the attention lies in the recording
    /// Σ max(0, m_t+1 − m_t) / Σ |m_t+1 − m_t|, m_t = Σ_p p A_tp / Σ_p A_tp the centre of row t: how much of the way
    /// that the tokens go from centre to centre is forward. 1 where nothing moves.
    double monotonicity = 1;
};

/// `attention` [tokens, positions]; `speech` says it of every position. Errors: InvalidRequest (sizes that do not fit).
ListeningMeasures listeningMeasures(std::span<const float> attention, const std::vector<bool>& speech);

/// A stretch of positions; position p reaches from p to p + 1.
struct PositionSpan
{
    double begin = 0;
    double end = 0;
};

/// The middle half of a mass: a quarter of it lies before, a quarter after. The mass of a position is spread evenly
/// over it. Of no mass: all positions. `mass` is not negative.
PositionSpan middleHalf(std::span<const double> mass);

} // namespace heedmap
