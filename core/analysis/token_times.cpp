#include "core/analysis/token_times.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heedmap {

namespace {

enum class Move : std::uint8_t
{
    Both,
    NextToken,
    NextPosition
};

void checkSizes(const AlignmentWeights& weights, int medianWidth)
{
    const bool fits =
        weights.heads > 0 && weights.tokens >= 0 && weights.positions >= 0 &&
        static_cast<std::int64_t>(weights.values.size()) == weights.heads * weights.tokens * weights.positions;
    if (!fits)
        throw Error(ErrorKind::InvalidRequest, "{} weights are not those of {} heads, {} tokens and {} positions",
                    weights.values.size(), weights.heads, weights.tokens, weights.positions);
    if (medianWidth < 1 || medianWidth % 2 == 0)
        throw Error(ErrorKind::InvalidRequest, "A median over {} positions has no middle; the width must be odd",
                    medianWidth);
}

/// Less the mean over the tokens, over their standard deviation, position by position. Weights that are not finite make
/// a position count for nothing.
void normalise(std::span<float> head, std::size_t tokens, std::size_t positions)
{
    std::vector<double> mean(positions);
    std::vector<double> variance(positions);
    for (std::size_t token = 0; token < tokens; ++token)
        for (std::size_t position = 0; position < positions; ++position)
            mean[position] += head[token * positions + position] / static_cast<double>(tokens);
    for (std::size_t token = 0; token < tokens; ++token)
        for (std::size_t position = 0; position < positions; ++position) {
            const double away = head[token * positions + position] - mean[position];
            variance[position] += away * away / static_cast<double>(tokens);
        }
    for (std::size_t token = 0; token < tokens; ++token)
        for (std::size_t position = 0; position < positions; ++position) {
            float& value = head[token * positions + position];
            const double deviation = std::sqrt(variance[position]);
            value = deviation > 0 ? static_cast<float>((value - mean[position]) / deviation) : 0.0f;
        }
}

std::vector<float> smoothed(std::span<const float> row, int width)
{
    const auto count = static_cast<std::int64_t>(row.size());
    const std::int64_t half = width / 2;
    if (count <= half)
        return {row.begin(), row.end()};
    std::vector<float> result;
    std::vector<float> window(static_cast<std::size_t>(width));
    for (std::int64_t position = 0; position < count; ++position) {
        for (std::int64_t i = -half; i <= half; ++i) {
            const std::int64_t mirrored = std::abs(position + i);
            const std::int64_t place = mirrored < count ? mirrored : 2 * (count - 1) - mirrored;
            window[static_cast<std::size_t>(i + half)] = row[static_cast<std::size_t>(place)];
        }
        std::ranges::nth_element(window, window.begin() + half);
        result.push_back(window[static_cast<std::size_t>(half)]);
    }
    return result;
}

/// How the cheapest way comes to each place. [tokens, positions], costs in single precision as the reference keeps
/// them.
std::vector<Move> cheapestMoves(std::span<const float> matrix, std::size_t tokens, std::size_t positions)
{
    constexpr float kNever = std::numeric_limits<float>::infinity();
    std::vector<float> before(tokens + 1, kNever); // of the position before, by token; 0 is before the first
    std::vector<float> cost(tokens + 1, kNever);
    before[0] = 0;
    std::vector<Move> moves(matrix.size());
    for (std::size_t position = 0; position < positions; ++position) {
        cost[0] = kNever;
        for (std::size_t token = 0; token < tokens; ++token) {
            const float both = before[token];
            const float down = cost[token];
            const float right = before[token + 1];
            const bool bothLeast = both < down && both < right;
            const bool downLeast = !bothLeast && down < both && down < right;
            const float least = bothLeast ? both : downLeast ? down : right;
            const std::size_t place = token * positions + position;
            cost[token + 1] = static_cast<float>(-static_cast<double>(matrix[place]) + least);
            moves[place] = bothLeast ? Move::Both : downLeast ? Move::NextToken : Move::NextPosition;
        }
        std::swap(before, cost);
    }
    return moves;
}

} // namespace

std::int64_t heardPositions(double recordingSeconds, double startSeconds, double secondsPerPosition,
                            std::int64_t windowPositions)
{
    const auto framesOf = [&](double seconds) {
        return std::clamp(seconds / secondsPerPosition * kFramesPerSoundPosition, 0.0, 1e12);
    };
    const double begun = framesOf(recordingSeconds);
    const bool isLonger = recordingSeconds > static_cast<double>(windowPositions) * secondsPerPosition + 1e-9;
    const double frames = isLonger ? std::floor(begun + 1e-6) : std::ceil(begun - 1e-6);
    const auto left = static_cast<std::int64_t>(std::max(frames - std::round(framesOf(startSeconds)), 0.0));
    return std::clamp<std::int64_t>(left / kFramesPerSoundPosition, 1, std::max<std::int64_t>(windowPositions, 1));
}

std::vector<float> alignmentMatrix(const AlignmentWeights& weights, int medianWidth)
{
    checkSizes(weights, medianWidth);
    const auto size = static_cast<std::size_t>(weights.tokens * weights.positions);
    const auto positions = static_cast<std::size_t>(weights.positions);
    std::vector<float> matrix(size);
    std::vector<float> values = weights.values;
    for (std::int64_t head = 0; head < weights.heads; ++head) {
        const std::span<float> part = std::span(values).subspan(static_cast<std::size_t>(head) * size, size);
        normalise(part, static_cast<std::size_t>(weights.tokens), positions);
        for (std::size_t begin = 0; begin < size; begin += positions) {
            const std::vector<float> row = smoothed(part.subspan(begin, positions), medianWidth);
            for (std::size_t i = 0; i < positions; ++i)
                matrix[begin + i] += row[i] / static_cast<float>(weights.heads);
        }
    }
    return matrix;
}

std::vector<WarpStep> warpingPath(std::span<const float> matrix, std::int64_t tokens, std::int64_t positions)
{
    if (tokens < 0 || positions < 0 || static_cast<std::int64_t>(matrix.size()) != tokens * positions)
        throw Error(ErrorKind::InvalidRequest, "{} values are not those of {} tokens and {} positions", matrix.size(),
                    tokens, positions);
    if (matrix.empty())
        return {};
    const std::vector<Move> moves =
        cheapestMoves(matrix, static_cast<std::size_t>(tokens), static_cast<std::size_t>(positions));
    std::vector<WarpStep> path;
    WarpStep step{tokens - 1, positions - 1};
    while (step.token >= 0 && step.position >= 0) {
        path.push_back(step);
        const Move move = moves[static_cast<std::size_t>(step.token * positions + step.position)];
        // Along the first position only tokens are left to go back over, and along the first token only positions.
        const bool back = step.token > 0 && (step.position == 0 || move != Move::NextPosition);
        const bool left = step.position > 0 && (step.token == 0 || move != Move::NextToken);
        if (!back && !left)
            break;
        step.token -= back;
        step.position -= left;
    }
    std::ranges::reverse(path);
    return path;
}

std::vector<std::int64_t> tokenBegins(std::span<const WarpStep> path)
{
    std::vector<std::int64_t> begins;
    for (const WarpStep& step : path)
        if (static_cast<std::int64_t>(begins.size()) == step.token)
            begins.push_back(step.position);
    return begins;
}

} // namespace heedmap
