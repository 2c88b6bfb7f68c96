#pragma once

#include "core/analysis/centred_matrix.h"

#include <functional>

namespace heedmap {

/// Told how far a computation is, in [0, 1]; false stops it with Error(Cancelled). May be empty.
using GoOn = std::function<bool(double done)>;

/// The largest singular values of a matrix with their vectors.
struct LeadingTriplets
{
    Eigen::MatrixXd left;   ///< [rows, count], orthonormal columns
    Eigen::VectorXd values; ///< descending: all of them where `complete`, otherwise [count + 1], the next one too
    Eigen::MatrixXd right;  ///< [columns, count], orthonormal columns
    bool complete = false;  ///< `values` are all there are
    /// Of A·V = U·diag(values) and AᵀU = V·diag(values) one holds to rounding, and this is the Frobenius norm of the
    /// difference in the other: each of the values has a singular value of A within this (Weyl).
    double errorBound = 0;
    int passes = 0; ///< how often the matrix was read; 0: LAPACK
};

enum class TripletMethod
{
    Automatic,
    ShortSide, ///< the others are for comparisons
    Iteration
};

struct TripletOptions
{
    double tolerance = 1e-7; ///< of every residual, as a part of the largest singular value
    int mostPasses = 400;    ///< after these the best is given with its bound, whatever it is
    std::uint32_t seed = 1;  ///< of the start vectors: the same matrix gives the same answer
    TripletMethod method = TripletMethod::Automatic;
};

/// How many triplets of a matrix of this size are computed at most.
std::int64_t mostTriplets(std::int64_t rows, std::int64_t columns);

/// Small matrices (rows · columns · min(rows, columns) up to 2^28) whole, with LAPACK's dgesdd. Larger ones whose
/// smaller side is at most 512 from the eigenvectors of AAᵀ or AᵀA, whichever is smaller, in double precision. Others
/// by block Krylov iteration on AᵀA in double precision from a random block, with full reorthogonalisation,
/// Rayleigh–Ritz extraction and restarts (Golub, Luk and Overton 1981; start block and oversampling: Halko, Martinsson
/// and Tropp 2011; the Krylov space for it: Musco and Musco 2015): until the residuals of count + 1 triplets are below
/// the tolerance. That no larger value was missed is certain but for a start block that happens to be orthogonal to
/// its vectors. `count` is cut to min(rows, columns). An empty matrix has no triplets. Memory: vectors of both sides,
/// no more of them than the smaller side is long, and so a small multiple of the map's own. Errors: Cancelled, TooLarge
/// (more than 2^28 values, or more modes of a large matrix than a quarter of its smaller side).
LeadingTriplets leadingTriplets(const CentredMatrix& matrix, std::int64_t count, const TripletOptions& options = {},
                                const GoOn& goOn = {});

} // namespace heedmap
