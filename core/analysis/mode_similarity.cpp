#include "core/analysis/mode_similarity.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

auto vectorsOf(const Eigen::MatrixXd& side, const ModeSubspace& subspace)
{
    return side.middleCols(subspace.first, subspace.dimension);
}

ModeMatch compare(const SvdModes& a, const ModeSubspace& ofA, const SvdModes& b, const ModeSubspace& ofB,
                  bool sameQueries)
{
    ModeMatch match;
    match.subspace = ofB;
    match.onKeys = match.similarity = subspaceCosine(vectorsOf(a.keys, ofA), vectorsOf(b.keys, ofB));
    if (!sameQueries || a.queries.rows() != b.queries.rows())
        return match;
    match.onQueries = subspaceCosine(vectorsOf(a.queries, ofA), vectorsOf(b.queries, ofB));
    match.similarity = match.onKeys * *match.onQueries;
    if (ofA.isSingle() && ofB.isSingle())
        match.isReversed =
            a.keys.col(ofA.first).dot(b.keys.col(ofB.first)) * a.queries.col(ofA.first).dot(b.queries.col(ofB.first)) <
            0;
    return match;
}

} // namespace

double subspaceCosine(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b)
{
    const double norm = (a.transpose() * b).norm();
    return std::min(1.0, norm / std::sqrt(static_cast<double>(std::min(a.cols(), b.cols()))));
}

std::optional<ModeMatch> nearestMode(const SvdModes& reference, const ModeSubspace& mode, const SvdModes& other,
                                     bool sameQueries)
{
    std::optional<ModeMatch> nearest;
    if (reference.keys.rows() != other.keys.rows())
        return nearest;
    for (const ModeSubspace& candidate : other.subspaces) {
        const ModeMatch match = compare(reference, mode, other, candidate, sameQueries);
        if (!nearest || match.similarity > nearest->similarity)
            nearest = match;
    }
    return nearest;
}

} // namespace heedmap
