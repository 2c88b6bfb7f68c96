#pragma once

#include "core/analysis/reference_words.h"
#include "core/analysis/spoken_words.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace heedmap {

/// How well a matrix m [tokens, positions] (alignmentMatrix) goes forward in time, without knowing the times. With T
/// tokens, p_t the first position where m_tk is largest:
///   monotonicity   τ = 2 / (T (T − 1)) Σ_{s<t} sign(p_t − p_s)     Kendall 1938, τ_a: 1 where every token looks later
///                  than all before it, about 0 by chance, 0 where all look at one place, negative backwards
///   coverage       |{p_t}| / min(T, positions)                     how many different places are looked at; 1: each
///                  token at one of its own
///   contrast       mean of m over the warping path / √(mean of m²) how far the path stands out; of two sets in the
///   same
///                  order the better one
///   score          max(0, τ) · coverage                            in [0, 1]
struct AlignmentScore
{
    double monotonicity = 0;
    double coverage = 0;
    double contrast = 0;

    double score() const { return monotonicity > 0 ? monotonicity * coverage : 0; }
};

/// 0 everywhere for fewer than two tokens. Precondition: `path` is the warping path of `matrix`.
AlignmentScore alignmentScore(std::span<const float> matrix, std::int64_t tokens, std::int64_t positions,
                              std::span<const WarpStep> path);

/// How far times are from the true ones, over the words both have.
struct ReferenceFit
{
    std::size_t words = 0;
    double medianErrorSeconds = 0; ///< of |start − true start| and |end − true end|, both of every word
    double meanErrorSeconds = 0;   ///< of the same
    /// Mean over the rows of the words of the heads' mean weight inside the word's true time, of its weight on the
    /// recording.
    double massInside = 0;
};

/// A word of a transcript and the true one.
struct WordPair
{
    std::size_t word = 0;
    ReferenceWord reference;
};

/// Adds up fits of several windows.
class FitSums
{
public:
    /// `words` as spokenWords gives them. `mean` [rows, positions]: the heads' probabilities.
    void add(const std::vector<SpokenWord>& words, std::span<const WordPair> pairs, const SoundRows& rows,
             std::span<const float> mean);
    /// Absent when nothing was added.
    std::optional<ReferenceFit> fit() const;

private:
    std::vector<double> m_errors;
    double m_mass = 0;
    std::size_t m_rows = 0;
};

/// What is known of a head or set of heads.
struct AlignmentQuality
{
    AlignmentScore score; ///< over all windows, each weighted by its tokens
    std::optional<ReferenceFit> fit;

    /// By the reference where there is one: the smaller median error, then mean error, then the larger mass inside;
    /// otherwise the larger score, then contrast.
    bool isBetterThan(const AlignmentQuality& other) const;
};

} // namespace heedmap
