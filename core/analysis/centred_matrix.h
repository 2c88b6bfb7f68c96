#pragma once

#include <Eigen/Core>

#include <cstdint>
#include <span>

namespace heedmap {

/// What is subtracted from a map before it is taken apart. Source of "both": double centring, as in classical scaling
/// (Torgerson 1952).
enum class Centring
{
    None,    ///< nothing: the first mode is mostly what all queries have in common
    Rows,    ///< from each row its mean over the keys: what is left is how a query differs from uniform attention
    Columns, ///< from each column its mean over the queries: how a query differs from the others
    Both     ///< a_qk − row mean_q − column mean_k + mean: what goes beyond a query's and a key's own level
};

/// A matrix in single precision that is read as (a_ij − rowOffsets_i − columnOffsets_j) · factor in double precision.
/// Does not own its values.
struct CentredMatrix
{
    std::span<const float> values; ///< [rows, columns], row-major, finite
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    Eigen::VectorXd rowOffsets;    ///< [rows]
    Eigen::VectorXd columnOffsets; ///< [columns]
    double factor = 1;             ///< of every element, offsets subtracted; a power of two, so that nothing is rounded

    /// The offsets of a centring; means are summed in double precision. `values` has rows × columns elements.
    static CentredMatrix of(std::span<const float> values, std::int64_t rows, std::int64_t columns, Centring centring);

    /// With the factor that brings the largest weight near 1: then its square fits into single precision.
    CentredMatrix nearOne() const;

    /// Rows [first, first + count) into `out`: [count, columns], row-major.
    void copyRows(std::int64_t first, std::int64_t count, double* out) const;
    void copyRows(std::int64_t first, std::int64_t count, float* out) const; ///< rounded
    /// Columns [first, first + count) of all rows into `out`: [rows, count], row-major.
    void copyColumns(std::int64_t first, std::int64_t count, double* out) const;
    /// Σ of the squares of all elements, offsets subtracted.
    double squaredNorm() const;
};

} // namespace heedmap
