#include "core/analysis/svd_modes.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heedmap {

namespace {

using Eigen::Index;

constexpr double kSameValue = 1e-3;
constexpr double kErrorsApart = 10;
constexpr double kTiedEntries = 1e-9;

const CentringInfo kCentrings[] = {
    {Centring::None, "none", "no centring"},
    {Centring::Rows, "rows", "rows: less each row's mean"},
    {Centring::Columns, "columns", "columns: less each column's mean"},
    {Centring::Both, "both", "both: less row and column means"},
};

/// The map with 0 for what is no number; `kept` holds the copy where one is needed.
std::span<const float> finiteWeights(std::span<const float> map, std::vector<float>& kept, std::size_t& nonFinite)
{
    const auto isBroken = [](float weight) { return !std::isfinite(weight); };
    nonFinite = static_cast<std::size_t>(std::ranges::count_if(map, isBroken));
    if (nonFinite == 0)
        return map;
    kept.assign(map.begin(), map.end());
    std::ranges::replace_if(kept, isBroken, 0.0F);
    return kept;
}

void makeSignsDefinite(SvdModes& modes)
{
    for (Index mode = 0; mode < modes.modeCount(); ++mode) {
        const Eigen::VectorXd sizes = modes.queries.col(mode).cwiseAbs();
        const double enough = sizes.maxCoeff() * (1 - kTiedEntries);
        Index first = 0;
        while (sizes[first] < enough)
            ++first;
        if (modes.queries(first, mode) < 0) {
            modes.queries.col(mode) *= -1;
            modes.keys.col(mode) *= -1;
        }
    }
}

std::vector<ModeSubspace> subspacesOf(const SvdModes& modes)
{
    const auto belongsToNext = [&](Index mode) {
        const double gap = modes.values[mode] - modes.values[mode + 1];
        return gap <= std::max(kSameValue * modes.values[mode], kErrorsApart * modes.errorBound);
    };
    std::vector<ModeSubspace> subspaces;
    for (Index mode = 0; mode < modes.modeCount(); ++mode) {
        if (mode == 0 || !belongsToNext(mode - 1))
            subspaces.push_back({mode, 0, false});
        ++subspaces.back().dimension;
    }
    // What lies below the rank is no mode, however near.
    const Index next = modes.modeCount();
    if (!subspaces.empty() && next < modes.rank)
        subspaces.back().continues = belongsToNext(next - 1);
    return subspaces;
}

double plainEntropy(const Eigen::VectorXd& parts)
{
    double sum = 0;
    for (const double part : parts)
        sum -= part > 0 ? part * std::log(part) : 0;
    return sum;
}

/// Of a part `rest` of the whole in which entropy `ofRest` lies, beside one of `ofKnown`.
double jointEntropy(double rest, double ofRest, double ofKnown)
{
    return plainEntropy(Eigen::Vector2d(rest, 1 - rest)) + (1 - rest) * ofKnown + rest * ofRest;
}

} // namespace

const char* const kModeSignRule =
    "the entry of the query side with the largest magnitude is positive; among equal ones "
    "the first";
const char* const kModeSubspaceRule =
    "neighbouring singular values with s_i - s_(i+1) <= max(0.001 s_i, 10 error_bound) are one subspace; its entries "
    "are root sums of squares over its modes, which do not depend on a basis";
const char* const kEffectiveRankFormula = "exp(-sum p ln p), p = s / sum s (Roy and Vetterli 2007)";

std::span<const CentringInfo> centrings()
{
    return kCentrings;
}

const CentringInfo& centringInfo(Centring centring)
{
    return *std::ranges::find(kCentrings, centring, &CentringInfo::centring);
}

Centring centringNamed(std::string_view id)
{
    std::vector<std::string> known;
    for (const CentringInfo& info : kCentrings) {
        if (info.id == id)
            return info.centring;
        known.emplace_back(info.id);
    }
    throw Error(ErrorKind::InvalidRequest, "there is no centring \"{}\"{}", printable(id), namesThereAre(id, known));
}

double SvdModes::energy(std::int64_t mode) const
{
    return totalEnergy > 0 ? std::min(1.0, values[mode] * values[mode] / totalEnergy) : 0;
}

double SvdModes::energy(const ModeSubspace& subspace) const
{
    double sum = 0;
    for (std::int64_t i = 0; i < subspace.dimension; ++i)
        sum += energy(subspace.first + i);
    return std::min(1.0, sum);
}

NumberRange SvdModes::effectiveRank() const
{
    if (totalEnergy <= 0 || values.size() == 0 || values[0] <= 0)
        return {};
    const double sum = values.sum();
    const double known = plainEntropy(values / sum);
    const double smallest = values[values.size() - 1];
    const double restEnergy = std::max(0.0, totalEnergy - values.squaredNorm());
    const double others = static_cast<double>(std::min(queries.rows(), keys.rows()) - values.size());
    if (complete || smallest <= 0 || others <= 0)
        return {std::exp(known), std::exp(known)};
    // The others are t_j <= the smallest known value s with Σ t² known. In units of s: Σ t² <= Σ t <= √(n Σ t²), and
    // their own entropy lies between ln((Σ t)² / Σ t²) and ln n. The lower of the two grows with Σ t; the upper is
    // concave in their part of the whole, with its summit where all parts are in proportion to e^H.
    const double rest = restEnergy / (smallest * smallest);
    const double knownSum = sum / smallest;
    const auto partOf = [&](double restSum) { return restSum / (knownSum + restSum); };
    const double least = partOf(rest);
    const double most = partOf(std::sqrt(others * rest));
    const double summit = std::clamp(others / (others + std::exp(known)), std::min(least, most), most);
    const double restEntropy = rest > 1 ? std::log(rest) : 0;
    return {std::exp(jointEntropy(least, restEntropy, known)), std::exp(jointEntropy(summit, std::log(others), known))};
}

double SvdModes::keptError(std::int64_t kept) const
{
    if (totalEnergy <= 0)
        return 0;
    if (complete) // summed from the small ones: no difference of nearly equal numbers
        return std::sqrt(values.tail(values.size() - kept).squaredNorm() / totalEnergy);
    return std::sqrt(std::max(0.0, 1 - values.head(kept).squaredNorm() / totalEnergy));
}

Eigen::VectorXd SvdModes::rebuiltRow(std::int64_t row, std::int64_t kept) const
{
    Eigen::VectorXd result = columnOffsets.array() + rowOffsets[row];
    for (std::int64_t mode = 0; mode < kept; ++mode)
        result += values[mode] * queries(row, mode) * keys.col(mode);
    return result;
}

SvdModes svdModes(std::span<const float> map, std::int64_t rows, std::int64_t columns, std::int64_t count,
                  Centring centring, const GoOn& goOn)
{
    SvdModes modes;
    modes.centring = centring;
    std::vector<float> kept;
    CentredMatrix matrix = CentredMatrix::of(finiteWeights(map, kept, modes.nonFinite), rows, columns, centring);
    LeadingTriplets triplets = leadingTriplets(matrix, count, {}, goOn);
    modes.values = std::move(triplets.values);
    modes.complete = triplets.complete;
    modes.totalEnergy = matrix.squaredNorm();
    const double plainEnergy = centring == Centring::None
                                   ? modes.totalEnergy
                                   : CentredMatrix::of(matrix.values, rows, columns, Centring::None).squaredNorm();
    modes.errorBound = triplets.errorBound + std::numeric_limits<float>::epsilon() * std::sqrt(plainEnergy);
    modes.rank = std::ranges::count_if(modes.values, [&](double value) { return value > modes.errorBound; });
    const Index vectors = std::min<Index>(triplets.left.cols(), modes.rank);
    modes.queries = triplets.left.leftCols(vectors);
    modes.keys = triplets.right.leftCols(vectors);
    modes.rowOffsets = std::move(matrix.rowOffsets);
    modes.columnOffsets = std::move(matrix.columnOffsets);
    if (modes.rank == 0) // nothing but rounding
        modes.totalEnergy = 0;
    makeSignsDefinite(modes);
    modes.subspaces = subspacesOf(modes);
    return modes;
}

Eigen::VectorXd subspaceSide(const Eigen::MatrixXd& side, const ModeSubspace& subspace)
{
    if (subspace.isSingle())
        return side.col(subspace.first);
    return side.middleCols(subspace.first, subspace.dimension).rowwise().norm();
}

} // namespace heedmap
