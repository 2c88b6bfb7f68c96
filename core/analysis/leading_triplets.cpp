#include "core/analysis/leading_triplets.h"

#include "core/analysis/krylov_space.h"
#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace heedmap {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kLapackWork = 1 << 28;
constexpr std::int64_t kMostElements = std::int64_t{1} << 28;
constexpr Index kOversampling = 6;
constexpr Index kWidthStep = 8;          ///< what BLAS's kernels work on at once
constexpr double kRoughTolerance = 3e-6; ///< near what single precision can reach
constexpr double kStuck = 0.5;           ///< what is left of a residual after two blocks when rounding stops it
constexpr double kRoughShare = 0.7;      ///< of the whole time, about
constexpr std::int64_t kShortSide = 512; ///< up to here AᵀA costs no more than the passes it spares
constexpr std::int64_t kStretchElements = std::int64_t{1} << 18;
constexpr double kGramShare = 0.8; ///< of the whole time, about
constexpr Index kFirstLook = 4;    ///< blocks before residuals are looked at, and from then on every second one

bool isForLapack(std::int64_t rows, std::int64_t columns)
{
    return static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(std::min(rows, columns)) <=
           kLapackWork;
}

std::int64_t mostOfLarge(std::int64_t smaller)
{
    return std::max<std::int64_t>(1, smaller / 4);
}

void mayGoOn(const GoOn& goOn, double done)
{
    if (goOn && !goOn(std::clamp(done, 0.0, 1.0)))
        throw Error(ErrorKind::Cancelled, "The modes are not computed: it was cancelled.");
}

MatrixXd randomBlock(Index rows, Index columns, std::uint32_t seed)
{
    std::mt19937 random(seed);
    MatrixXd block(rows, columns);
    // Sums of uniform numbers, not std::normal_distribution, whose numbers differ from library to library.
    for (double& value : block.reshaped()) {
        value = 0;
        for (int i = 0; i < 4; ++i)
            value += static_cast<double>(random()) / 4294967296.0 - 0.5;
    }
    return block;
}

/// The first `wanted` of the triplets vectors·right, values, left of images = left · diag(values) · rightᵀ.
LeadingTriplets rotatedTriplets(const MatrixXd& vectors, const MatrixXd& images, Index wanted)
{
    const DenseSvd small = denseSvd(images);
    LeadingTriplets result;
    result.left = small.left.leftCols(wanted);
    result.values = small.values.head(wanted);
    result.right = vectors * small.right.leftCols(wanted);
    return result;
}

/// Drops the vectors of the value that is only known for comparison.
void keepVectors(LeadingTriplets& triplets, Index count)
{
    triplets.complete = triplets.values.size() == count;
    triplets.left.conservativeResize(Eigen::NoChange, count);
    triplets.right.conservativeResize(Eigen::NoChange, count);
}

/// From vectors that span the wanted space and their images: triplets with A·V = U·Σ, and how well Aᵀ·U = V·Σ holds.
LeadingTriplets tripletsFromSpace(BlockedMatrix<double>& matrix, const MatrixXd& vectors, const MatrixXd& images,
                                  Index count, Index wanted)
{
    LeadingTriplets result = rotatedTriplets(vectors, images, wanted);
    const MatrixXd back = matrix.multiplyBack(result.left);
    result.errorBound = (back - result.right * result.values.asDiagonal()).norm();
    keepVectors(result, count);
    return result;
}

/// Calls use(first, [count of the long side, short side]) for stretches of the longer side of a matrix.
template <typename Use>
void forEachStretch(const CentredMatrix& matrix, Use use)
{
    const bool isWide = matrix.columns > matrix.rows;
    const std::int64_t longer = std::max(matrix.rows, matrix.columns);
    const std::int64_t shorter = std::min(matrix.rows, matrix.columns);
    const std::int64_t stretch = std::max<std::int64_t>(1, kStretchElements / shorter);
    for (std::int64_t first = 0; first < longer; first += stretch) {
        const std::int64_t count = std::min(stretch, longer - first);
        MatrixXd part(isWide ? count : shorter, isWide ? shorter : count);
        if (isWide)
            matrix.copyColumns(first, count, part.data());
        else
            matrix.copyRows(first, count, part.data());
        use(first, isWide ? part : MatrixXd(part.transpose()));
    }
}

/// Of a matrix S with a short side, [long, short]: the eigenvectors of SᵀS, their images under S, and the residual.
LeadingTriplets shortSideTriplets(const CentredMatrix& matrix, Index count, const GoOn& goOn)
{
    const Index shorter = std::min(matrix.rows, matrix.columns);
    const Index longer = std::max(matrix.rows, matrix.columns);
    const Index wanted = std::min(count + 1, shorter);
    MatrixXd gram = MatrixXd::Zero(shorter, shorter);
    forEachStretch(matrix, [&](Index first, const MatrixXd& part) {
        mayGoOn(goOn, kGramShare * static_cast<double>(first) / static_cast<double>(longer));
        addTransposedProduct(1, part, part, gram);
    });
    const MatrixXd vectors = largestEigenpairs(std::move(gram), wanted).vectors;
    MatrixXd images = MatrixXd::Zero(longer, wanted);
    forEachStretch(matrix, [&](Index first, const MatrixXd& part) {
        mayGoOn(goOn, kGramShare);
        addProduct(1, part, vectors, images.middleRows(first, part.rows()));
    });
    LeadingTriplets result = rotatedTriplets(vectors, images, wanted);
    MatrixXd back = MatrixXd::Zero(shorter, wanted);
    forEachStretch(matrix, [&](Index first, const MatrixXd& part) {
        mayGoOn(goOn, 1);
        addTransposedProduct(1, part, result.left.middleRows(first, part.rows()), back);
    });
    result.errorBound = (back - result.right * result.values.asDiagonal()).norm();
    result.passes = 3;
    keepVectors(result, count);
    if (matrix.columns > matrix.rows)
        std::swap(result.left, result.right);
    return result;
}

/// The largest residual of the wanted triplets as a part of the largest singular value.
template <typename Ritz>
double worstResidual(const Ritz& ritz, Index wanted)
{
    return std::max(ritz.residuals.head(wanted).maxCoeff() / std::max(ritz.values[0], 1e-300), 1e-16);
}

/// A block that spans nearly what is wanted, found in single precision, where a pass costs half.
MatrixXd roughBlock(const CentredMatrix& matrix, Index wanted, Index width, const TripletOptions& options,
                    const GoOn& goOn, int& passes)
{
    const CentredMatrix scaled = matrix.nearOne();
    BlockedMatrix<float> blocked(scaled);
    const Eigen::MatrixXf start = randomBlock(matrix.columns, width, options.seed).cast<float>();
    KrylovSpace<float> space(blocked, orthonormalColumns(start));
    for (double before = 1;;) {
        mayGoOn(goOn, kRoughShare * std::log(before) / std::log(kRoughTolerance));
        space.grow();
        ++passes;
        if (!space.isFull() && (space.blocks() < kFirstLook || space.blocks() % 2 != 0))
            continue;
        const auto ritz = space.ritz(width);
        const double worst = worstResidual(ritz, wanted);
        if (worst <= kRoughTolerance || space.isFull() || worst > before * kStuck)
            return orthonormalColumns(space.vectors(ritz.coefficients));
        before = worst;
    }
}

/// What is wanted and some more, so that a space holds several blocks; of a matrix too small for that everything.
Index blockWidth(const CentredMatrix& matrix, Index wanted)
{
    const Index smaller = std::min(matrix.rows, matrix.columns);
    const Index width = (wanted + kOversampling + kWidthStep - 1) / kWidthStep * kWidthStep;
    if (2 * width <= smaller)
        return width;
    return matrix.columns < 2 * smaller ? matrix.columns : smaller;
}

LeadingTriplets krylovTriplets(const CentredMatrix& matrix, Index count, const TripletOptions& options,
                               const GoOn& goOn)
{
    // Whether the last one stands alone is only known beside its neighbour.
    const Index wanted = std::min({count + 1, Index{matrix.rows}, Index{matrix.columns}});
    const Index width = blockWidth(matrix, wanted);
    int passes = 0;
    MatrixXd start = roughBlock(matrix, wanted, width, options, goOn, passes);
    BlockedMatrix<double> blocked(matrix);
    for (double worst = kRoughTolerance;;) {
        KrylovSpace<double> space(blocked, std::move(start));
        do {
            mayGoOn(goOn, kRoughShare + (1 - kRoughShare) * std::log(worst) / std::log(options.tolerance));
            space.grow();
            ++passes;
            const auto ritz = space.ritz(width);
            worst = worstResidual(ritz, wanted);
            if (worst <= options.tolerance || passes >= options.mostPasses) {
                LeadingTriplets result = tripletsFromSpace(blocked, space.vectors(ritz.coefficients),
                                                           space.images(ritz.coefficients), count, wanted);
                result.passes = passes + 1;
                return result;
            }
            if (space.isFull())
                start = orthonormalColumns(space.vectors(ritz.coefficients));
        } while (!space.isFull());
    }
}

LeadingTriplets wholeDecomposition(const CentredMatrix& matrix, Index count)
{
    MatrixXd transposed(matrix.columns, matrix.rows);
    matrix.copyRows(0, matrix.rows, transposed.data());
    DenseSvd svd = denseSvd(std::move(transposed));
    LeadingTriplets result;
    result.left = svd.right.leftCols(count);
    result.right = svd.left.leftCols(count);
    result.values = std::move(svd.values);
    result.complete = true;
    // What LAPACK promises of its values, with a small function of the size as its factor.
    result.errorBound = static_cast<double>(std::max(matrix.rows, matrix.columns)) *
                        std::numeric_limits<double>::epsilon() * result.values[0];
    return result;
}

} // namespace

std::int64_t mostTriplets(std::int64_t rows, std::int64_t columns)
{
    const std::int64_t smaller = std::min(rows, columns);
    return isForLapack(rows, columns) ? smaller : mostOfLarge(smaller);
}

LeadingTriplets leadingTriplets(const CentredMatrix& matrix, std::int64_t count, const TripletOptions& options,
                                const GoOn& goOn)
{
    const std::int64_t smaller = std::min(matrix.rows, matrix.columns);
    if (smaller == 0) {
        LeadingTriplets none{MatrixXd(matrix.rows, 0), VectorXd(0), MatrixXd(matrix.columns, 0)};
        none.complete = true;
        return none;
    }
    if (matrix.rows > kMostElements / matrix.columns)
        throw Error(ErrorKind::TooLarge, "a map of {} × {} weights is too large to be taken apart; choose fewer heads",
                    matrix.rows, matrix.columns);
    count = std::clamp<std::int64_t>(count, 1, smaller);
    mayGoOn(goOn, 0);
    const bool isAutomatic = options.method == TripletMethod::Automatic;
    if (isAutomatic && isForLapack(matrix.rows, matrix.columns))
        return wholeDecomposition(matrix, count);
    if (const std::int64_t most = mostOfLarge(smaller); count > most)
        throw Error(ErrorKind::TooLarge,
                    "{} modes of a map of {} × {} weights are too many: of one this large at most {} are computed",
                    count, matrix.rows, matrix.columns, most);
    if (options.method == TripletMethod::ShortSide || (isAutomatic && smaller <= kShortSide))
        return shortSideTriplets(matrix, count, goOn);
    return krylovTriplets(matrix, count, options, goOn);
}

} // namespace heedmap
