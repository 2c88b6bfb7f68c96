#include "core/analysis/centred_matrix.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

using FloatRows = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

/// Rows [firstRow, …) and columns [firstColumn, …) into [rows, columns].
struct Part
{
    std::int64_t firstRow = 0;
    std::int64_t rows = 0;
    std::int64_t firstColumn = 0;
    std::int64_t columns = 0;
};

template <typename Scalar>
void copyPart(const CentredMatrix& matrix, const Part& part, Scalar* out)
{
    for (std::int64_t i = 0; i < part.rows; ++i) {
        const std::int64_t row = part.firstRow + i;
        const float* from = matrix.values.data() + row * matrix.columns + part.firstColumn;
        Scalar* to = out + i * part.columns;
        const double offset = matrix.rowOffsets[row];
        const double* columnOffsets = matrix.columnOffsets.data() + part.firstColumn;
        for (std::int64_t column = 0; column < part.columns; ++column)
            to[column] = static_cast<Scalar>((static_cast<double>(from[column]) - offset - columnOffsets[column]) *
                                             matrix.factor);
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
    copyPart(*this, {first, count, 0, columns}, out);
}

void CentredMatrix::copyRows(std::int64_t first, std::int64_t count, float* out) const
{
    copyPart(*this, {first, count, 0, columns}, out);
}

void CentredMatrix::copyColumns(std::int64_t first, std::int64_t count, double* out) const
{
    copyPart(*this, {0, rows, first, count}, out);
}

CentredMatrix CentredMatrix::nearOne() const
{
    float largest = 0;
    for (const float value : values)
        largest = std::max(largest, std::abs(value));
    CentredMatrix scaled = *this;
    if (largest > 0)
        scaled.factor = std::ldexp(1.0, -std::ilogb(largest));
    return scaled;
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
