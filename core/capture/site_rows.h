#pragma once

#include "core/capture/attention.h"

#include <Eigen/Core>

#include <cstdint>
#include <span>
#include <vector>

namespace heedmap {

/// Reads attention probabilities of one site, block by block, and keeps its scratch memory between calls. Not
/// thread-safe; make one per call. Positions must exist: callers check them. Errors: InvalidFile (file cut short).
class SiteRows
{
public:
    SiteRows(const Capture& capture, std::size_t site);

    std::int64_t queries() const { return m_queries; }
    std::int64_t keys() const { return m_keys; }
    int heads() const { return m_site.heads; }
    /// Queries worth reading in one go: bounds scratch memory for long axes.
    std::int64_t blockRows() const;

    /// [count, keys] of one head, or the mean over heads, for queries [first, first + count).
    void read(HeadChoice head, std::int64_t first, std::int64_t count, std::span<float> out);
    /// [heads, keys] for one query.
    void readAllHeads(std::int64_t query, std::span<float> out);

private:
    using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

    void readWeights(int head, std::int64_t first, std::int64_t count, std::span<float> out) const;
    /// Head `head + i / count` and query `first + i % count` for row i of `rows`; all use the same keys.
    void computeRows(int head, std::int64_t first, std::int64_t count, std::int64_t rows, std::span<float> out);
    void loadQueries(int head, std::int64_t first, std::int64_t count, std::int64_t rows);
    void multiplyByKeys(int keyValueHead);
    void softmaxRow(std::int64_t row, std::int64_t query, std::span<float> out);

    const Capture& m_capture;
    const AttentionSite& m_site;
    std::int64_t m_queries;
    std::int64_t m_keys;
    std::vector<float> m_floats;
    Matrix m_queryVectors; ///< [rows, headDim]
    Matrix m_keyVectors;   ///< [keys of a block, headDim]
    Matrix m_scores;       ///< [rows, keys]
    std::vector<std::uint8_t> m_visible;
};

} // namespace heedmap
