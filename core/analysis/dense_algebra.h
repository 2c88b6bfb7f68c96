#pragma once

#include <Eigen/Core>

namespace heedmap {

/// LAPACK and BLAS in double precision, products also in single, column-major. Thread-safe.

/// The thin singular value decomposition: matrix = left · diag(values) · rightᵀ, values descending.
struct DenseSvd
{
    Eigen::MatrixXd left;   ///< [rows, min(rows, columns)]
    Eigen::VectorXd values; ///< [min(rows, columns)]
    Eigen::MatrixXd right;  ///< [columns, min(rows, columns)]
};
/// LAPACK's dgesdd. Precondition: neither side is empty, all elements are finite. Errors: Internal when it does not
/// converge.
DenseSvd denseSvd(Eigen::MatrixXd matrix);

/// The `count` largest eigenvalues of a symmetric matrix, descending, with orthonormal eigenvectors as columns.
struct LargestEigenpairs
{
    Eigen::VectorXd values;
    Eigen::MatrixXd vectors; ///< [size, count]
};
/// LAPACK's dsyevr. Precondition: 1 <= count <= size, finite. Errors: as denseSvd.
LargestEigenpairs largestEigenpairs(Eigen::MatrixXd symmetric, Eigen::Index count);

/// An orthonormal basis of at least the span of the columns: as many columns as were given.
Eigen::MatrixXd orthonormalColumns(const Eigen::MatrixXd& columns);
Eigen::MatrixXf orthonormalColumns(const Eigen::MatrixXf& columns);

/// out += factor · a · b (or aᵀ · b) with BLAS.
void addProduct(double factor, const Eigen::Ref<const Eigen::MatrixXd>& a, const Eigen::Ref<const Eigen::MatrixXd>& b,
                Eigen::Ref<Eigen::MatrixXd> out);
void addTransposedProduct(double factor, const Eigen::Ref<const Eigen::MatrixXd>& a,
                          const Eigen::Ref<const Eigen::MatrixXd>& b, Eigen::Ref<Eigen::MatrixXd> out);
void addProduct(float factor, const Eigen::Ref<const Eigen::MatrixXf>& a, const Eigen::Ref<const Eigen::MatrixXf>& b,
                Eigen::Ref<Eigen::MatrixXf> out);
void addTransposedProduct(float factor, const Eigen::Ref<const Eigen::MatrixXf>& a,
                          const Eigen::Ref<const Eigen::MatrixXf>& b, Eigen::Ref<Eigen::MatrixXf> out);

} // namespace heedmap
