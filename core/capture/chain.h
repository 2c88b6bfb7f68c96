#pragma once

#include "core/capture/attention.h"
#include "core/capture/text_join.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// What the tokens of one window of a text look at.
struct ChainWindow
{
    MapChoice map;             ///< its query axis is the window's
    std::int64_t firstKey = 0; ///< of its key axis among the keys of the end
};

/// One end of a chain: a text of a capture, and the map that says what its tokens look at.
struct ChainEnd
{
    std::shared_ptr<const Capture> capture;
    CapturedText text;
    MapChoice map; ///< its query axis is the text's; of several windows one of theirs, and the same heads in the others
    std::vector<ChainWindow> windows = {};                 ///< Chain works them out: one for each window of the text
    std::shared_ptr<const TokenAxis> joinedKeys = nullptr; ///< of several windows, likewise

    /// The positions of all windows, one window after the other.
    const TokenAxis& keys() const { return joinedKeys ? *joinedKeys : keyAxisOf(*capture, map); }
    /// The key that a position of an axis of the capture is; absent where it is none. Of an end of a Chain.
    std::optional<std::int64_t> keyAt(const std::string& axis, std::int64_t position) const;
};

/// What is pointed at on a chain: one of these, or nothing.
struct ChainPlace
{
    std::optional<std::int64_t> keyOfA;
    std::optional<std::int64_t> keyOfB;
    std::optional<std::size_t> tokenOfA;
    std::optional<std::size_t> tokenOfB;

    bool operator==(const ChainPlace&) const = default;
};

/// What one place of a chain means for all others. Composed: nothing here was computed by either model.
struct ChainReading
{
    std::vector<double> tokensOfA; ///< [tokens of A], see Chain
    std::vector<double> tokensOfB; ///< [tokens of B]
    std::vector<float> keysOfA;    ///< [keys of A]; empty where one of these was pointed at
    std::vector<float> keysOfB;    ///< [keys of B]; the same
    double mass = 0;               ///< what the composed row was divided by; 0: nothing there, the row is all zeros
};

/// Two captures joined through a text they share: from the keys of A (moments of sound) over tokens of A (what was
/// heard), the join J (text_join.h) and tokens of B (what was asked) to the keys of B (patches). With
///     A [tokens of A, keys of A], B [tokens of B, keys of B]   rows of the ends' maps, as readRow gives them
///     J [tokens of A, tokens of B]                             columns sum to one
///     H = JᵀA [tokens of B, keys of A]                         what a token of B heard
/// the composed map is C = Hᵀ B [keys of A, keys of B], the matrix product along the chain. Looked at from either side
/// its rows are shared out so that they are distributions again where those of A and B are:
///     from key s of A:   w_b = H[b, s],   row[p] = Σ_b w_b B[b, p] / Σ_b w_b
///     from key p of B:   w_b = B[b, p],   row[s] = Σ_b w_b H[b, s] / Σ_b w_b     (over joined tokens)
///     from token b of B: H[b, :] and B[b, :]
///     from token a of A: A[a, :] and Σ_b J[a, b] B[b, :] / Σ_b J[a, b]
/// Tokens that share no text take no part. Where A is heard in several windows (the text of a whole recording), its
/// keys are those of all windows that have a part in the join, one window after the other, and a row of A is zero in
/// other windows than its token's. Immutable, thread-safe. Holds A's and B's rows of the joined tokens and H, never C;
/// a reading costs O(tokens of B × (keys of A + keys of B)).
class Chain
{
public:
    /// Reads the rows: as dear as they are; on a worker. Errors: those of TextJoin::of and readRow, InvalidRequest when
    /// a map's queries are not the text's axis, a window lacks a head, or B is a whole recording, TooLarge when an end
    /// has more than kMostChainWeights weights.
    Chain(ChainEnd a, ChainEnd b);

    const ChainEnd& a() const { return m_a; }
    const ChainEnd& b() const { return m_b; }
    const TextJoin& join() const { return m_join; }

    /// Absent for no place. Errors, for each of them: InvalidRequest for what does not exist.
    std::optional<ChainReading> from(const ChainPlace& place) const;
    /// `tokensOfA` is A[:, s], `tokensOfB` is w.
    ChainReading fromKeyOfA(std::int64_t key) const;
    /// `tokensOfB` is B[:, p], `tokensOfA` J w.
    ChainReading fromKeyOfB(std::int64_t key) const;
    /// `tokensOfB` is 1 for this token, `tokensOfA` its column of J.
    ChainReading fromTokenOfB(std::size_t token) const;
    /// `tokensOfA` is 1 for this token, `tokensOfB` its row of J.
    ChainReading fromTokenOfA(std::size_t token) const;

    /// How a place's reading is made, and that it is composed: one line for captions and tool tips.
    static std::string formula(const ChainPlace& place);

private:
    /// Rows of an end's tokens, each over the keys of its window.
    struct Rows
    {
        std::vector<float> weights;
        std::vector<std::size_t> begins; ///< [tokens + 1]

        std::span<const float> row(std::size_t token) const
        {
            return std::span(weights).subspan(begins[token], begins[token + 1] - begins[token]);
        }
    };
    template <typename Joins>
    static Rows joinedRows(const ChainEnd& end, Joins joins);
    void mixHeard();
    std::size_t firstKeyOfA(std::size_t token) const;
    std::vector<double> columnOfA(std::size_t key) const;
    std::span<const float> heard(std::size_t token) const;
    /// Σ_b weights[b] rows[b] / Σ_b weights[b] over joined tokens of B.
    std::vector<float> mixed(std::span<const double> weights, const std::vector<float>& rows, std::size_t width,
                             double& mass) const;

    ChainEnd m_a;
    ChainEnd m_b;
    TextJoin m_join;
    std::size_t m_keysOfA = 0;
    std::size_t m_keysOfB = 0;
    Rows m_rowsOfA; ///< zeros where a token joins nothing
    Rows m_rowsOfB;
    std::vector<float> m_heard; ///< [tokens of B, keys of A]
};

constexpr std::int64_t kMostChainWeights = std::int64_t{1} << 25;

/// The same heads in another window of a recording: of the sites of the same names whose queries are `axis`. Errors:
/// InvalidRequest when the capture lacks one there, or the map is composed.
MapChoice mapInWindow(const Capture& capture, const MapChoice& map, const std::string& axis);

/// The position of an axis at a time of its recording, in seconds; of several windows of the last that has it, where
/// what was cut off before was heard again. Absent where the axis has no sound then.
std::optional<std::int64_t> positionAtSeconds(const TokenAxis& axis, double seconds);
/// The stretch of sound [begin, end) of a position, in seconds; absent for other than sound.
std::optional<std::pair<double, double>> secondsOfPosition(const TokenAxis& axis, std::int64_t position);

} // namespace heedmap
