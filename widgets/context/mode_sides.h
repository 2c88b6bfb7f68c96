#pragma once

#include "widgets/context/mode_provider.h"

#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

namespace heedmap {

/// One token or patch of one side of a mode.
struct ModeEntry
{
    std::int64_t position = 0;    ///< on the side's axis
    std::optional<SiteHead> head; ///< of stacked maps: whose row it is
    QString label;                ///< "“ball”", "patch row 3, col 7", with the head where maps are stacked
    double value = 0;             ///< of the singular vector; of a subspace of several modes the root sum of squares
};

/// What a mode, or a subspace of several, is on one side of its map.
struct ModeSide
{
    std::string axis;
    bool isOnPicture = false;          ///< its patches can be drawn; never of the queries of stacked maps
    bool isSigned = true;              ///< false for a subspace of several modes
    std::vector<ModeEntry> strongest;  ///< by magnitude, equal ones in order; at most kMostModeEntries
    std::vector<double> atPosition;    ///< [axis length] values; empty unless isOnPicture. Left-out keys are 0
    std::vector<ModeEntry> offPicture; ///< the strongest entries that are no patch; only where isOnPicture
    double limit = 0;                  ///< largest magnitude of what is drawn: of the patches, or of all entries
};

constexpr std::size_t kMostModeEntries = 256;

/// Precondition: `subspace` is one of the modes'.
ModeSide querySideOf(const Capture& capture, const MapModes& modes, const ModeSubspace& subspace);
ModeSide keySideOf(const Capture& capture, const MapModes& modes, const ModeSubspace& subspace);
/// A side made of one value for each column of the map, such as a row of weights.
ModeSide sideOfKeys(const Capture& capture, const StackedMap& map, const Eigen::VectorXd& values, bool isSigned);

/// Indices of the `count` entries of largest magnitude, largest first, equal ones in order.
std::vector<Eigen::Index> strongestEntries(const Eigen::VectorXd& values, std::size_t count);

/// "mode 1", or "modes 2–3 (one subspace)", counted from 1.
QString modeName(const ModeSubspace& subspace);
/// "L2 · H1", "4 heads of layer 2 stacked", "3 heads stacked".
QString stackName(const Capture& capture, const StackedMap& map);
/// "σ 2.41 · energy 71.8 %" with all singular values of a subspace.
QString modeFacts(const SvdModes& modes, const ModeSubspace& subspace);
/// "effective rank 3.4", or "effective rank 12 to 80".
QString effectiveRankText(const SvdModes& modes);

} // namespace heedmap
