#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace heedmap {

/// Attention of several heads from tokens to sound: dense [heads, tokens, positions].
struct AlignmentWeights
{
    std::int64_t heads = 0;
    std::int64_t tokens = 0;
    std::int64_t positions = 0;
    std::vector<float> values;
};

/// One step of a warping path.
struct WarpStep
{
    std::int64_t token = 0;
    std::int64_t position = 0;

    bool operator==(const WarpStep&) const = default;
};

constexpr int kFramesPerSoundPosition = 2; ///< feature frames a position

/// Positions of a window that lie in the recording, at least 1 and at most `windowPositions`. `startSeconds` is the
/// window's begin in it. As the reference counts feature frames, two a position: those the recording has begun where
/// it fits in one window, whole ones alone where it is longer.
std::int64_t heardPositions(double recordingSeconds, double startSeconds, double secondsPerPosition,
                            std::int64_t windowPositions);

// When tokens were spoken, by the conventions of `_extract_token_timestamps` in `transformers` 4.57
// (models/whisper/generation_whisper.py): a token's row is the one in which it was the input; the prompt's rows take no
// part, and neither do positions after the recording's end; every position's weights are normalised over the tokens
// (less their mean, over their standard deviation), smoothed over the positions by a median whose ends are mirrored,
// and averaged over the heads. The last token, which has no row, is given the time of the one before it.

/// [tokens, positions]. `medianWidth` is odd; where half of it reaches over all positions nothing is smoothed. Where
/// all tokens have equal weights, the result is 0 (the reference divides by zero there). Errors: InvalidRequest (sizes
/// that do not fit the values, an even width).
std::vector<float> alignmentMatrix(const AlignmentWeights& weights, int medianWidth);

/// The cheapest way from (0, 0) to the last token and position through −matrix, dynamic time warping (Sakoe & Chiba
/// 1978) with steps to the next token, the next position or both; of equally cheap ones the reference's, which goes to
/// the next position. Empty without tokens or positions. `matrix` [tokens, positions]; `tokens` × `positions` values.
std::vector<WarpStep> warpingPath(std::span<const float> matrix, std::int64_t tokens, std::int64_t positions);

/// Where the path reaches each token: the position at which it begins. One per token of the path, ascending.
std::vector<std::int64_t> tokenBegins(std::span<const WarpStep> path);

} // namespace heedmap
