#pragma once

#include "core/capture/captured_text.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace heedmap {

// Two captures meet in a text that both have, however their tokenizers cut it. Texts are compared, and overlaps are
// counted, by the code points that are not white space (Unicode's White_Space), A–Z being taken for a–z: texts that
// differ in blanks, in the blanks around punctuation, or in the case of these letters are the same. Nothing else may
// differ. The texts are joined where they are the same, or where one of them stands in the other exactly once.

/// How much of its text each side shares.
enum class TextMatch
{
    Same,
    BInsideA,
    AInsideB
};

/// One pair of tokens that have characters in common.
struct JoinedPair
{
    std::size_t a = 0; ///< index into CapturedText::tokens of either side
    std::size_t b = 0;
    std::int64_t overlap = 0; ///< characters in common, white space not counted; above 0
    double weight = 0;        ///< J[a, b]
};

/// The join matrix J [tokens of A, tokens of B], sparse:
///     J[a, b] = overlap(a, b) / Σ_a' overlap(a', b)
/// Every column sums to one, or to zero for a token of B that shares no character with any token of A (text that A
/// does not have). So a token of B speaks for those of A it is made of in proportion to the characters they share, and
/// JᵀA [tokens of B, keys of A] mixes rows of A with weights that sum to one: where these are distributions over A's
/// keys, so is every joined row of JᵀA. With equal tokens J is the identity. Tokens of A that share a character (the
/// bytes of one) count alike.
class TextJoin
{
public:
    /// At most kMostJoinedPairs pairs, and as many tokens a side as kMostJoinTokens. Errors: InvalidRequest with a
    /// sentence for people (no such place, more than one, a text without characters), TooLarge.
    static TextJoin of(const CapturedText& a, const CapturedText& b);

    TextMatch match() const { return m_match; }
    std::size_t tokensOfA() const { return m_tokensOfA; }
    std::size_t tokensOfB() const { return m_beginOfB.size() - 1; }
    std::span<const JoinedPair> pairs() const { return m_pairs; } ///< by b, then a
    std::span<const JoinedPair> pairsOfB(std::size_t b) const;    ///< the column of a token of B
    bool joinsA(std::size_t a) const { return m_joinsA[a]; }
    bool joinsB(std::size_t b) const { return m_beginOfB[b] < m_beginOfB[b + 1]; }

    /// w_b = Σ_a J[a, b] v_a: what tokens of B have of the tokens of A. Precondition: one value per token of A.
    std::vector<double> toB(std::span<const double> valuesOfA) const;
    /// v_a = Σ_b J[a, b] w_b. Precondition: one value per token of B.
    std::vector<double> toA(std::span<const double> valuesOfB) const;

private:
    TextJoin() = default;

    TextMatch m_match = TextMatch::Same;
    std::size_t m_tokensOfA = 0;
    std::vector<JoinedPair> m_pairs;
    std::vector<std::size_t> m_beginOfB; ///< into m_pairs, [tokens of B + 1]
    std::vector<bool> m_joinsA;
};

constexpr std::size_t kMostJoinTokens = std::size_t{1} << 16;
constexpr std::size_t kMostJoinedPairs = std::size_t{1} << 20;

/// The texts two captures share, as indices into `as` and `bs`: the pair that is the same on both sides, else the one
/// of which one side stands in the other; between equals the one that shares more characters, and of such the one of a
/// single window before that of a whole recording. Errors: InvalidRequest
/// when they share none, or when several pairs share equally much (the message lists them); TooLarge for more than
/// 4 096 pairs.
std::pair<std::size_t, std::size_t> sharedText(std::span<const CapturedText> as, std::span<const CapturedText> bs);

} // namespace heedmap
