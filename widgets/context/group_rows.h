#pragma once

#include "core/capture/attention.h"
#include "core/render/value_scale.h"
#include "widgets/context/map_navigation.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// All heads of a group for one query: what the head grid shows, and what shared limits are taken from.
struct RowsRequest
{
    std::string group;
    std::optional<MapChoice::Factor> first; ///< of composed maps
    std::int64_t query = 0;
    bool withoutSpecial = false; ///< shownRow() is renormalised
    bool operator==(const RowsRequest&) const = default;
};

struct ShownSiteRows
{
    std::size_t site = 0;
    int heads = 0;
    std::int64_t keys = 0;
    std::vector<float> rows;             ///< [heads, keys]
    std::vector<float> mean;             ///< [keys]
    std::vector<float> renormalizedRows; ///< the same without special tokens; empty unless asked for
    std::vector<float> renormalizedMean;

    std::span<const float> row(HeadChoice head) const;      ///< as recorded; empty for a head that does not exist
    std::span<const float> shownRow(HeadChoice head) const; ///< renormalised where the request says so
};

struct GroupRows
{
    RowsRequest request;
    std::vector<ShownSiteRows> sites; ///< by layer

    const ShownSiteRows* siteRows(std::size_t site) const;
    /// The reduction of the rows of a set, as readRow gives it; empty when a member is not here.
    std::vector<float> reducedRow(const HeadSet& set) const;
};

/// Reads them; thread-safe. Errors: as readRow.
GroupRows readGroupRows(const Capture& capture, const GroupChoice& group, const RowsRequest& request);
/// Multiplications this takes, to decide whether it may be done between two frames.
double costOfGroupRows(const Capture& capture, const GroupChoice& group);
/// The same for readRow of a set.
double costOfSetRow(const Capture& capture, const MapChoice& map);
/// The same for readColumn.
double costOfColumn(const Capture& capture, const MapChoice& map);

/// Weight on keys that are no patch; 0 when no key is a patch (then nothing is left out of a picture).
double massOffPatches(const TokenAxis& keys, std::span<const float> row);
/// The runs of `row` a colour bar should cover: patch keys, or where none is a patch every key, or every key that is
/// not special.
void appendWeightRuns(const TokenAxis& keys, std::span<const float> row, bool withoutSpecial,
                      std::vector<std::span<const float>>& out);
/// The finite weights of these runs, special tokens included.
void appendScaledWeights(const TokenAxis& keys, std::span<const float> row, std::vector<float>& out);

} // namespace heedmap
