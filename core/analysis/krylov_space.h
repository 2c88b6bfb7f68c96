#pragma once

#include "core/analysis/centred_matrix.h"
#include "core/analysis/dense_algebra.h"

#include <algorithm>
#include <vector>

namespace heedmap {

// What leading_triplets.cpp is made of, in single or double precision.

template <typename Scalar>
using MatrixOf = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

/// Products with the matrix and its transpose in one precision, block of rows by block of rows.
template <typename Scalar>
class BlockedMatrix
{
public:
    explicit BlockedMatrix(const CentredMatrix& matrix)
        : m_matrix(matrix), m_blockRows(std::clamp<std::int64_t>(kBlockElements / matrix.columns, 8, matrix.rows))
    {
        const std::int64_t elements = matrix.rows * matrix.columns;
        m_isKept = elements <= kKeptElements;
        m_values.resize(static_cast<std::size_t>(m_isKept ? elements : m_blockRows * matrix.columns));
        if (m_isKept)
            matrix.copyRows(0, matrix.rows, m_values.data());
    }

    Eigen::Index rows() const { return m_matrix.rows; }
    Eigen::Index columns() const { return m_matrix.columns; }

    /// images = A·block and back = Aᵀ·images in one pass.
    void multiplyThereAndBack(const MatrixOf<Scalar>& block, MatrixOf<Scalar>& images, MatrixOf<Scalar>& back)
    {
        images.setZero(rows(), block.cols());
        back.setZero(columns(), block.cols());
        forEachBlock([&](Eigen::Index first, const Eigen::Map<const MatrixOf<Scalar>>& transposed) {
            MatrixOf<Scalar> part = MatrixOf<Scalar>::Zero(transposed.cols(), block.cols());
            addTransposedProduct(1, transposed, block, part);
            addProduct(1, transposed, part, back);
            images.middleRows(first, part.rows()) = part;
        });
    }

    /// Aᵀ·left: [columns, …].
    MatrixOf<Scalar> multiplyBack(const MatrixOf<Scalar>& left)
    {
        MatrixOf<Scalar> back = MatrixOf<Scalar>::Zero(columns(), left.cols());
        forEachBlock([&](Eigen::Index first, const Eigen::Map<const MatrixOf<Scalar>>& transposed) {
            const MatrixOf<Scalar> part = left.middleRows(first, transposed.cols());
            addProduct(1, transposed, part, back);
        });
        return back;
    }

private:
    static constexpr std::int64_t kKeptElements = std::int64_t{1} << 23;  ///< up to 64 MiB are kept
    static constexpr std::int64_t kBlockElements = std::int64_t{1} << 18; ///< 2 MiB: from the cache when read again

    /// use(first row, the transpose of some rows: [columns, count]).
    template <typename Use>
    void forEachBlock(Use use)
    {
        for (std::int64_t first = 0; first < m_matrix.rows; first += m_blockRows) {
            const std::int64_t count = std::min(m_blockRows, m_matrix.rows - first);
            Scalar* values = m_values.data() + (m_isKept ? first * m_matrix.columns : 0);
            if (!m_isKept)
                m_matrix.copyRows(first, count, values);
            use(first, Eigen::Map<const MatrixOf<Scalar>>(values, m_matrix.columns, count));
        }
    }

    const CentredMatrix& m_matrix;
    std::int64_t m_blockRows;
    bool m_isKept = false;
    std::vector<Scalar> m_values;
};

/// The Krylov space of AᵀA: orthonormal basis V, images A·V, and the Gram matrix of the images. It holds no more
/// columns than the smaller side of A has, which no rank exceeds, but two blocks where there are so many columns: with
/// less a restart would find nothing new. Precondition: the start block is orthonormal.
template <typename Scalar>
class KrylovSpace
{
public:
    KrylovSpace(BlockedMatrix<Scalar>& matrix, MatrixOf<Scalar> start) : m_matrix(matrix), m_width(start.cols())
    {
        const Eigen::Index smaller = std::min(matrix.rows(), matrix.columns());
        const Eigen::Index blocks = std::min(std::max<Eigen::Index>(2, smaller / m_width), matrix.columns() / m_width);
        const Eigen::Index most = std::min(kMostBlocks, blocks) * m_width;
        m_basis.resize(matrix.columns(), most);
        m_images.resize(matrix.rows(), most);
        m_gram.resize(most, most);
        m_next = std::move(start);
    }

    Eigen::Index size() const { return m_size; }
    Eigen::Index blocks() const { return m_size / m_width; }
    bool isFull() const { return m_size + m_width > m_basis.cols(); }

    void grow()
    {
        MatrixOf<Scalar> images;
        MatrixOf<Scalar> back;
        m_matrix.multiplyThereAndBack(m_next, images, back);
        m_basis.middleCols(m_size, m_width) = m_next;
        m_images.middleCols(m_size, m_width) = images;
        m_size += m_width;
        MatrixOf<Scalar> products = MatrixOf<Scalar>::Zero(m_size, m_width);
        addTransposedProduct(1, m_images.leftCols(m_size), images, products);
        m_gram.block(0, m_size - m_width, m_size, m_width) = products;
        m_gram.block(m_size - m_width, 0, m_width, m_size) = products.transpose();
        removeBasis(back);
        m_next = orthonormalColumns(back);
        for (int i = 0; i < 2; ++i) { // where `back` had no full rank, new directions came that are not orthogonal yet
            removeBasis(m_next);
            m_next = orthonormalColumns(m_next);
        }
        m_coupling = m_next.transpose() * back; // AᵀA·(last block) leaves the space by next · coupling
    }

    /// Rayleigh–Ritz: the best approximations in the space, and for each how far AᵀA leads out of it.
    struct Ritz
    {
        Eigen::MatrixXd coefficients; ///< [size, count]
        Eigen::VectorXd values;       ///< singular values
        Eigen::VectorXd residuals;    ///< ‖Aᵀu − σv‖
    };
    Ritz ritz(Eigen::Index count) const
    {
        LargestEigenpairs pairs =
            largestEigenpairs(m_gram.topLeftCorner(m_size, m_size).template cast<double>(), std::min(count, m_size));
        Ritz result{std::move(pairs.vectors), pairs.values.cwiseMax(0).cwiseSqrt(), {}};
        const Eigen::MatrixXd leaving = m_coupling.template cast<double>() * result.coefficients.bottomRows(m_width);
        // Below this part of the largest value nothing of the weights' single precision is left to be found.
        const double smallest = 1e-6 * std::max(result.values[0], 1e-300);
        result.residuals = leaving.colwise().norm().transpose().array() / result.values.array().max(smallest);
        return result;
    }

    Eigen::MatrixXd vectors(const Eigen::MatrixXd& coefficients) const { return inDouble(m_basis, coefficients); }
    Eigen::MatrixXd images(const Eigen::MatrixXd& coefficients) const { return inDouble(m_images, coefficients); }

private:
    static constexpr Eigen::Index kMostBlocks = 24; ///< before a restart

    Eigen::MatrixXd inDouble(const MatrixOf<Scalar>& columns, const Eigen::MatrixXd& coefficients) const
    {
        return columns.leftCols(m_size).template cast<double>() * coefficients;
    }

    /// Twice is enough (Kahan, in Parlett 1980).
    void removeBasis(MatrixOf<Scalar>& block) const
    {
        for (int i = 0; i < 2; ++i) {
            MatrixOf<Scalar> parts = MatrixOf<Scalar>::Zero(m_size, block.cols());
            addTransposedProduct(1, m_basis.leftCols(m_size), block, parts);
            addProduct(-1, m_basis.leftCols(m_size), parts, block);
        }
    }

    BlockedMatrix<Scalar>& m_matrix;
    Eigen::Index m_width;
    Eigen::Index m_size = 0;
    MatrixOf<Scalar> m_basis;    ///< [columns, most]
    MatrixOf<Scalar> m_images;   ///< [rows, most]
    MatrixOf<Scalar> m_gram;     ///< [most, most]
    MatrixOf<Scalar> m_next;     ///< [columns, width]
    MatrixOf<Scalar> m_coupling; ///< [width, width]
};

} // namespace heedmap
