#pragma once

#include "core/analysis/leading_triplets.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace heedmap {

/// A centring as people and files call it.
struct CentringInfo
{
    Centring centring;
    const char* id;    ///< "rows"
    const char* title; ///< "rows: less each row's mean"
};
/// All of them, `None` first.
std::span<const CentringInfo> centrings();
const CentringInfo& centringInfo(Centring centring);
/// Errors: InvalidRequest with the nearest names.
Centring centringNamed(std::string_view id);

/// What belongs together of a spectrum: one mode, or several whose singular values cannot be told apart, so that only
/// the space they span means anything.
struct ModeSubspace
{
    std::int64_t first = 0;     ///< index of the first singular value
    std::int64_t dimension = 1; ///< number of modes
    bool continues = false;     ///< the next singular value, of which no vectors are kept, belongs to it too

    bool isSingle() const { return dimension == 1 && !continues; }
    bool operator==(const ModeSubspace&) const = default;
};

/// Where a number lies that is known within bounds.
struct NumberRange
{
    double low = 0;
    double high = 0;
};

/// A map taken apart: A − means = Σ_i σ_i u_i v_iᵀ, rows being queries and columns keys. Numbers of the centred map
/// throughout. Modes are counted from 0 here and from 1 where people read them.
struct SvdModes
{
    Centring centring = Centring::None;
    Eigen::VectorXd values;              ///< σ, descending; all of them when `complete`
    bool complete = false;               ///< otherwise only the largest, one more than there are vectors
    Eigen::MatrixXd queries;             ///< [rows, modes] u, what a mode is among the queries; orthonormal columns
    Eigen::MatrixXd keys;                ///< [columns, modes] v, what it is among the keys; orthonormal columns
    std::vector<ModeSubspace> subspaces; ///< of the modes with vectors, in order
    double totalEnergy = 0;              ///< Σ σ² over all modes = squared Frobenius norm
    double errorBound = 0;      ///< of each σ: of the computation (LeadingTriplets) and of weights in single precision
    std::int64_t rank = 0;      ///< σ above errorBound; of those computed
    std::size_t nonFinite = 0;  ///< weights that were no numbers and counted as 0
    Eigen::VectorXd rowOffsets; ///< [rows], [columns]: what centring took away
    Eigen::VectorXd columnOffsets;

    std::int64_t modeCount() const { return keys.cols(); } ///< modes with vectors
    double energy(std::int64_t mode) const;                ///< σ² / Σ σ², in [0, 1]; 0 of an empty map
    double energy(const ModeSubspace& subspace) const;     ///< of its modes together
    /// e^H with H = −Σ p ln p and p = σ / Σ σ (Roy and Vetterli 2007, "The effective rank"); 0 of an empty map. Where
    /// not all σ are known: what it can be at least and at most, given their squares' sum.
    NumberRange effectiveRank() const;
    /// ‖A − A_k‖ / ‖A‖ (Frobenius) of the first `kept` modes, the least any matrix of that rank has (Eckart and Young
    /// 1936); 0 of an empty map. Precondition: kept <= modeCount().
    double keptError(std::int64_t kept) const;
    /// Row `row` of the map made of its means and the first `kept` modes: [columns].
    Eigen::VectorXd rebuiltRow(std::int64_t row, std::int64_t kept) const;
};

/// The first `count` modes (at most rank many) of a map [rows, columns], row-major. Weights that are no finite numbers
/// count as 0. An empty map and one without weight have none.
///
/// Sign: of each mode the entry of u with the largest magnitude is positive; among entries equal to it within 1e-9 of
/// it the first one counts. u and v change sign together.
/// Subspaces: neighbours σ_i and σ_{i+1} belong together when σ_i − σ_{i+1} <= max(1e-3 · σ_i, 10 · errorBound):
/// below ten times the error a vector may be turned by more than 0.1 rad (Wedin 1972).
/// errorBound: that of leadingTriplets + 2^-23 · ‖A‖, what rounding of weights in single precision may add.
/// Errors: as leadingTriplets.
SvdModes svdModes(std::span<const float> map, std::int64_t rows, std::int64_t columns, std::int64_t count,
                  Centring centring, const GoOn& goOn = {});

/// What a subspace is at each position of one side (`queries` or `keys` of the modes): its vector with signs when it is
/// one mode, otherwise √(Σ over its modes of the squares), which does not depend on the basis chosen inside it.
Eigen::VectorXd subspaceSide(const Eigen::MatrixXd& side, const ModeSubspace& subspace);

/// The rules above in a sentence, for people and files.
extern const char* const kModeSignRule;
extern const char* const kModeSubspaceRule;
extern const char* const kEffectiveRankFormula;

} // namespace heedmap
