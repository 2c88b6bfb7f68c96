#include "core/analysis/centred_matrix.h"

namespace heedmap {

namespace {

using FloatRows = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

template <typename Scalar>
void copyCentred(const CentredMatrix& matrix, std::int64_t first, std::int64_t count, Scalar* out)
{
    for (std::int64_t row = first; row < first + count; ++row) {
        const float* from = matrix.values.data() + row * matrix.columns;
        Scalar* to = out + (row - first) * matrix.columns;
        const double offset = matrix.rowOffsets[row];
        const double* columnOffsets = matrix.columnOffsets.data();
        for (std::int64_t column = 0; column < matrix.columns; ++column)
            to[column] = static_cast<Scalar>(static_cast<double>(from[column]) - offset - columnOffsets[column]);
    }
}

} // namespace

CentredMatrix CentredMatrix::of(std::span<const float> values, std::int64_t rows, std::int64_t columns,
                                Centring centring)
{
    CentredMatrix matrix{values, rows, columns, Eigen::VectorXd::Zero(rows), Eigen::VectorXd::Zero(columns)};
    if (rows == 0 || columns == 0 || centring == Centring::None)
        return matrix;
    const FloatRows map(values.data(), rows, columns);
    Eigen::VectorXd rowMeans(rows);
    Eigen::VectorXd columnSums = Eigen::VectorXd::Zero(columns);
    for (Eigen::Index row = 0; row < rows; ++row) {
        const Eigen::VectorXd one = map.row(row).cast<double>().transpose();
        rowMeans[row] = one.mean();
        columnSums += one;
    }
    if (centring != Centring::Columns)
        matrix.rowOffsets = rowMeans;
    if (centring != Centring::Rows)
        matrix.columnOffsets = columnSums / static_cast<double>(rows);
    if (centring == Centring::Both)
        matrix.columnOffsets.array() -= rowMeans.mean();
    return matrix;
}

void CentredMatrix::copyRows(std::int64_t first, std::int64_t count, double* out) const
{
    copyCentred(*this, first, count, out);
}

void CentredMatrix::copyRows(std::int64_t first, std::int64_t count, float* out) const
{
    copyCentred(*this, first, count, out);
}

double CentredMatrix::squaredNorm() const
{
    Eigen::VectorXd row(columns);
    double sum = 0;
    for (std::int64_t i = 0; i < rows; ++i) {
        copyRows(i, 1, row.data());
        sum += row.squaredNorm();
    }
    return sum;
}

} // namespace heedmap
