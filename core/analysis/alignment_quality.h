#pragma once

#include "core/analysis/reference_words.h"
#include "core/analysis/spoken_words.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace heedmap {

/// How well a matrix m [rows, positions] (alignmentMatrix) goes forward in time, without knowing the times. Of the T
/// rows of tokens that stand for text (a time or the end of the text may look anywhere), p_t being the first position
/// where m_tk is largest:
///   monotonicity   τ = 2 / (T (T − 1)) Σ_{s<t} sign(p_t − p_s)     Kendall 1938, τ_a: 1 where every token looks later
///                  than all before it, about 0 by chance, 0 where all look at one place, negative backwards
///   coverage       |{p_t}| / min(T, positions)                     how many different places are looked at; 1: each
///                  token at one of its own
///   contrast       mean of m over the warping path in these rows / √(mean of m² over them): how far the path stands
///   out score          max(0, τ) · coverage                            in [0, 1]
struct AlignmentScore
{
    double monotonicity = 0;
    double coverage = 0;
    double contrast = 0;

    double score() const { return monotonicity > 0 ? monotonicity * coverage : 0; }
};

/// `texts`: the rows of tokens that stand for text; 0 everywhere for fewer than two. Precondition: `path` is the
/// warping path of `matrix`.
AlignmentScore alignmentScore(std::span<const float> matrix, std::int64_t positions, std::span<const WarpStep> path,
                              std::span<const std::int64_t> texts);

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
    AlignmentScore score; ///< over all windows, each weighted by its rows of text
    std::optional<ReferenceFit> fit;

    /// By the reference where there is one: the smaller median error, then mean error, then the larger mass inside;
    /// otherwise the larger score, then contrast.
    bool isBetterThan(const AlignmentQuality& other) const;
    /// Good enough to stand beside `best`: a median error of at most twice its and 0.02 s more, or without a reference
    /// at least three quarters of its score. What is weaker can better a set by chance alone.
    bool isNear(const AlignmentQuality& best) const;
};

} // namespace heedmap
