#include "core/analysis/alignment_quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>

namespace heedmap {

namespace {

constexpr double kSame = 1e-9; ///< seconds and shares that differ less do so by rounding

long long steps(double value)
{
    return std::llround(value / kSame);
}

std::span<const float> rowOf(std::span<const float> matrix, std::int64_t positions, std::int64_t row)
{
    return matrix.subspan(static_cast<std::size_t>(row * positions), static_cast<std::size_t>(positions));
}

double kendallTau(std::span<const std::int64_t> peaks)
{
    std::int64_t sum = 0;
    for (std::size_t t = 1; t < peaks.size(); ++t)
        for (std::size_t s = 0; s < t; ++s)
            sum += (peaks[t] > peaks[s]) - (peaks[t] < peaks[s]);
    const auto count = static_cast<double>(peaks.size());
    return 2 * static_cast<double>(sum) / (count * (count - 1));
}

double contrastOf(std::span<const float> matrix, std::int64_t positions, std::span<const WarpStep> path,
                  std::span<const std::int64_t> texts)
{
    double along = 0;
    int steps = 0;
    for (const WarpStep& step : path)
        if (std::ranges::binary_search(texts, step.token)) {
            along += rowOf(matrix, positions, step.token)[static_cast<std::size_t>(step.position)];
            ++steps;
        }
    double squares = 0;
    for (const std::int64_t text : texts)
        for (const float value : rowOf(matrix, positions, text))
            squares += static_cast<double>(value) * value;
    if (!(squares > 0) || steps == 0)
        return 0;
    return along / steps / std::sqrt(squares / static_cast<double>(texts.size()) / static_cast<double>(positions));
}

/// Positions whose time touches [start, end), at least one, [begin, end).
std::pair<std::int64_t, std::int64_t> positionsOf(const ReferenceWord& word, const SoundRows& rows)
{
    const auto at = [&](double seconds) { return (seconds - rows.startSeconds) / rows.secondsPerPosition; };
    const auto last = static_cast<double>(rows.positions - 1);
    const auto begin = static_cast<std::int64_t>(std::clamp(std::floor(at(word.startSeconds) + kSame), 0.0, last));
    const auto end = static_cast<std::int64_t>(std::clamp(std::ceil(at(word.endSeconds) - kSame), 0.0, last + 1));
    return {begin, std::max(end, begin + 1)};
}

} // namespace

AlignmentScore alignmentScore(std::span<const float> matrix, std::int64_t positions, std::span<const WarpStep> path,
                              std::span<const std::int64_t> texts)
{
    if (texts.size() < 2 || positions < 1)
        return {};
    std::vector<std::int64_t> peaks;
    for (const std::int64_t text : texts) {
        const std::span<const float> row = rowOf(matrix, positions, text);
        peaks.push_back(std::ranges::max_element(row) - row.begin());
    }
    const std::set<std::int64_t> places(peaks.begin(), peaks.end());
    const auto most = std::min(static_cast<double>(texts.size()), static_cast<double>(positions));
    return {kendallTau(peaks), static_cast<double>(places.size()) / most, contrastOf(matrix, positions, path, texts)};
}

void FitSums::add(const std::vector<SpokenWord>& words, std::span<const WordPair> pairs, const SoundRows& rows,
                  std::span<const float> mean)
{
    for (const WordPair& pair : pairs) {
        const SpokenWord& word = words[pair.word];
        m_errors.push_back(std::abs(word.startSeconds - pair.reference.startSeconds));
        m_errors.push_back(std::abs(word.endSeconds - pair.reference.endSeconds));
        const auto [begin, end] = positionsOf(pair.reference, rows);
        for (std::size_t row = 0; row < rows.tokens.size() && !mean.empty(); ++row) {
            if (std::ranges::find(word.tokens, rows.tokens[row]) == word.tokens.end())
                continue;
            const auto first = mean.begin() + static_cast<std::ptrdiff_t>(row) * rows.positions;
            const double all = std::accumulate(first, first + rows.positions, 0.0);
            if (!(all > 0) || !std::isfinite(all))
                continue;
            m_mass += std::accumulate(first + begin, first + end, 0.0) / all;
            ++m_rows;
        }
    }
}

std::optional<ReferenceFit> FitSums::fit() const
{
    if (m_errors.empty())
        return std::nullopt;
    std::vector<double> errors = m_errors;
    std::ranges::sort(errors); // an even number of them
    const std::size_t half = errors.size() / 2;
    return ReferenceFit{errors.size() / 2, (errors[half - 1] + errors[half]) / 2,
                        std::accumulate(errors.begin(), errors.end(), 0.0) / static_cast<double>(errors.size()),
                        m_rows > 0 ? m_mass / static_cast<double>(m_rows) : 0};
}

bool AlignmentQuality::isNear(const AlignmentQuality& best) const
{
    if (fit && best.fit)
        return steps(fit->medianErrorSeconds) <= steps(2 * best.fit->medianErrorSeconds + 0.02);
    return steps(score.score()) >= steps(0.75 * best.score.score());
}

bool AlignmentQuality::isBetterThan(const AlignmentQuality& other) const
{
    // What is larger is better; rounded, so that "as good as" means the same whoever is compared with whom.
    const auto rank = [](const AlignmentQuality& quality, bool byReference) {
        return byReference ? std::array{steps(-quality.fit->medianErrorSeconds), steps(-quality.fit->meanErrorSeconds),
                                        steps(quality.fit->massInside)}
                           : std::array{steps(quality.score.score()), steps(quality.score.contrast), 0LL};
    };
    const bool byReference = fit && other.fit;
    return rank(*this, byReference) > rank(other, byReference);
}

} // namespace heedmap
