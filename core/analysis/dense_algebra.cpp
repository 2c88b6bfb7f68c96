#include "core/analysis/dense_algebra.h"

#include "core/base/error.h"

#include <Eigen/QR>

#include <cblas.h>
#include <cstddef>
#include <vector>

// LAPACK has no header here; these are its Fortran interfaces, the lengths of character arguments last.
extern "C" {
void dgesdd_(const char* job, const int* rows, const int* columns, double* a, const int* leadingOfA, double* values,
             double* left, const int* leadingOfLeft, double* right, const int* leadingOfRight, double* work,
             const int* workSize, int* integerWork, int* info, std::size_t jobLength);
void dsyevr_(const char* job, const char* range, const char* part, const int* size, double* a, const int* leadingOfA,
             const double* lowest, const double* highest, const int* first, const int* last, const double* tolerance,
             int* found, double* values, double* vectors, const int* leadingOfVectors, int* support, double* work,
             const int* workSize, int* integerWork, const int* integerWorkSize, int* info, std::size_t jobLength,
             std::size_t rangeLength, std::size_t partLength);
}

namespace heedmap {

namespace {

void checkInfo(int info, const char* routine)
{
    if (info != 0)
        throw Error(ErrorKind::Internal, "LAPACK's {} gave up on a matrix (info {})", routine, info);
}

void multiply(CBLAS_TRANSPOSE transposed, double factor, const Eigen::Ref<const Eigen::MatrixXd>& a,
              const Eigen::Ref<const Eigen::MatrixXd>& b, Eigen::Ref<Eigen::MatrixXd> out)
{
    if (out.size() == 0 || b.rows() == 0)
        return;
    cblas_dgemm(CblasColMajor, transposed, CblasNoTrans, static_cast<int>(out.rows()), static_cast<int>(out.cols()),
                static_cast<int>(b.rows()), factor, a.data(), static_cast<int>(a.outerStride()), b.data(),
                static_cast<int>(b.outerStride()), 1.0, out.data(), static_cast<int>(out.outerStride()));
}

void multiply(CBLAS_TRANSPOSE transposed, float factor, const Eigen::Ref<const Eigen::MatrixXf>& a,
              const Eigen::Ref<const Eigen::MatrixXf>& b, Eigen::Ref<Eigen::MatrixXf> out)
{
    if (out.size() == 0 || b.rows() == 0)
        return;
    cblas_sgemm(CblasColMajor, transposed, CblasNoTrans, static_cast<int>(out.rows()), static_cast<int>(out.cols()),
                static_cast<int>(b.rows()), factor, a.data(), static_cast<int>(a.outerStride()), b.data(),
                static_cast<int>(b.outerStride()), 1.0F, out.data(), static_cast<int>(out.outerStride()));
}

template <typename Matrix>
Matrix orthonormalBasis(const Matrix& columns)
{
    const Eigen::HouseholderQR<Matrix> qr(columns);
    return qr.householderQ() * Matrix::Identity(columns.rows(), columns.cols());
}

} // namespace

DenseSvd denseSvd(Eigen::MatrixXd matrix)
{
    const int rows = static_cast<int>(matrix.rows());
    const int columns = static_cast<int>(matrix.cols());
    const int smaller = std::min(rows, columns);
    DenseSvd result{Eigen::MatrixXd(rows, smaller), Eigen::VectorXd(smaller), {}};
    Eigen::MatrixXd rightTransposed(smaller, columns);
    std::vector<int> integerWork(static_cast<std::size_t>(8 * smaller));
    const auto call = [&](double* work, int workSize) {
        int info = 0;
        dgesdd_("S", &rows, &columns, matrix.data(), &rows, result.values.data(), result.left.data(), &rows,
                rightTransposed.data(), &smaller, work, &workSize, integerWork.data(), &info, 1);
        checkInfo(info, "dgesdd");
    };
    double wanted = 0;
    call(&wanted, -1);
    std::vector<double> work(static_cast<std::size_t>(wanted));
    call(work.data(), static_cast<int>(work.size()));
    result.right = rightTransposed.transpose();
    return result;
}

LargestEigenpairs largestEigenpairs(Eigen::MatrixXd symmetric, Eigen::Index count)
{
    const int size = static_cast<int>(symmetric.rows());
    const int first = size - static_cast<int>(count) + 1; // LAPACK counts from 1, ascending
    const double none = 0;
    int found = 0;
    Eigen::VectorXd values(size);
    Eigen::MatrixXd vectors(size, count);
    std::vector<int> support(static_cast<std::size_t>(2 * size));
    const auto call = [&](double* work, int workSize, int* integerWork, int integerWorkSize) {
        int info = 0;
        dsyevr_("V", "I", "L", &size, symmetric.data(), &size, &none, &none, &first, &size, &none, &found,
                values.data(), vectors.data(), &size, support.data(), work, &workSize, integerWork, &integerWorkSize,
                &info, 1, 1, 1);
        checkInfo(info, "dsyevr");
    };
    double wanted = 0;
    int wantedIntegers = 0;
    call(&wanted, -1, &wantedIntegers, -1);
    std::vector<double> work(static_cast<std::size_t>(wanted));
    std::vector<int> integerWork(static_cast<std::size_t>(wantedIntegers));
    call(work.data(), static_cast<int>(work.size()), integerWork.data(), wantedIntegers);
    return {values.head(count).reverse(), vectors.rowwise().reverse()};
}

Eigen::MatrixXd orthonormalColumns(const Eigen::MatrixXd& columns)
{
    return orthonormalBasis(columns);
}

Eigen::MatrixXf orthonormalColumns(const Eigen::MatrixXf& columns)
{
    return orthonormalBasis(columns);
}

void addProduct(double factor, const Eigen::Ref<const Eigen::MatrixXd>& a, const Eigen::Ref<const Eigen::MatrixXd>& b,
                Eigen::Ref<Eigen::MatrixXd> out)
{
    multiply(CblasNoTrans, factor, a, b, out);
}

void addTransposedProduct(double factor, const Eigen::Ref<const Eigen::MatrixXd>& a,
                          const Eigen::Ref<const Eigen::MatrixXd>& b, Eigen::Ref<Eigen::MatrixXd> out)
{
    multiply(CblasTrans, factor, a, b, out);
}

void addProduct(float factor, const Eigen::Ref<const Eigen::MatrixXf>& a, const Eigen::Ref<const Eigen::MatrixXf>& b,
                Eigen::Ref<Eigen::MatrixXf> out)
{
    multiply(CblasNoTrans, factor, a, b, out);
}

void addTransposedProduct(float factor, const Eigen::Ref<const Eigen::MatrixXf>& a,
                          const Eigen::Ref<const Eigen::MatrixXf>& b, Eigen::Ref<Eigen::MatrixXf> out)
{
    multiply(CblasTrans, factor, a, b, out);
}

} // namespace heedmap
