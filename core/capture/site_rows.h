#pragma once

#include "core/capture/attention.h"

#include <Eigen/Core>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace heedmap {

/// Reads attention probabilities of one site, block by block, and keeps its scratch memory between calls. Not
/// thread-safe; make one per call. Positions must exist: callers check them. Errors: InvalidFile (file cut short),
/// NotFound (heads or rows that the capture does not hold).
class SiteRows
{
public:
    SiteRows(const Capture& capture, std::size_t site);

    std::int64_t queries() const { return m_queries; }
    std::int64_t keys() const { return m_keys; }
    int heads() const { return static_cast<int>(m_heads.size()); }  ///< that are held
    const std::vector<int>& headNumbers() const { return m_heads; } ///< of those, ascending
    /// Queries worth reading in one go: bounds scratch memory for long axes.
    std::int64_t blockRows() const;

    /// [count, keys] of one head, or the mean over the heads that are held, for queries [first, first + count).
    void read(HeadChoice head, std::int64_t first, std::int64_t count, std::span<float> out);
    /// [heads(), keys] for one query.
    void readAllHeads(std::int64_t query, std::span<float> out);

private:
    using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

    /// Keys [begin, end) that at least one row of a block may look at; empty: none may look at any.
    struct KeyRange
    {
        std::int64_t begin;
        std::int64_t end;

        KeyRange with(KeyRange other) const { return {std::min(begin, other.begin), std::max(end, other.end)}; }
    };

    void checkHeld(HeadChoice head, std::int64_t first, std::int64_t count) const;
    void readWeights(int head, std::int64_t first, std::int64_t count, std::span<float> out) const;
    /// Row i of `rows` is query `first + i % count` of a head that follows `head` by i / count among those held; all
    /// use the same keys.
    void computeRows(int head, std::int64_t first, std::int64_t count, std::int64_t rows, std::span<float> out);
    void loadQueries(int head, std::int64_t first, std::int64_t count, std::int64_t rows);
    /// The flags of a query, and the range outside which none is set.
    KeyRange readVisible(std::int64_t query, std::span<std::uint8_t> visible) const;
    void multiplyByKeys(std::int64_t keyValueHead, KeyRange seen); ///< counted among those held
    void softmaxRow(std::int64_t row, std::span<const std::uint8_t> visible, KeyRange seen, std::span<float> out);

    const Capture& m_capture;
    const AttentionSite& m_site;
    const StoredIndices& m_stored; ///< queries that are held
    std::int64_t m_queries;
    std::int64_t m_keys;
    std::vector<int> m_heads;
    StoredIndices m_keyValueHeads;
    std::vector<float> m_floats;
    Matrix m_queryVectors;               ///< [rows, headDim]
    Matrix m_scores;                     ///< [rows, keys]; only what some row may look at is filled
    std::vector<std::uint8_t> m_visible; ///< [queries of a block, keys]
};

} // namespace heedmap
