#pragma once

#include "core/analysis/leading_triplets.h"
#include "core/capture/attention.h"

#include <cstdint>
#include <string>
#include <vector>

namespace heedmap {

/// Maps with the same axes stacked along their queries into one matrix [parts · queries, keys]: row p · queries + q is
/// query q of part p, so that a mode says which queries of which heads look at the same keys. One part is a map itself.
struct StackedMap
{
    std::vector<MapChoice> parts;
    std::int64_t queries = 0;       ///< of one part
    std::vector<std::int64_t> keys; ///< what the columns are: positions on the key axis, ascending
    std::vector<float> values;      ///< [rows(), columns()], row-major; as recorded, numbers or not
    std::int64_t emptyRows = 0;     ///< rows of which nothing is left without special tokens; zeros

    std::int64_t rows() const { return static_cast<std::int64_t>(parts.size()) * queries; }
    std::int64_t columns() const { return static_cast<std::int64_t>(keys.size()); }
    std::int64_t queryOf(std::int64_t row) const { return row % queries; }
    const MapChoice& partOf(std::int64_t row) const { return parts[static_cast<std::size_t>(row / queries)]; }
};

/// Reads and stacks. `withoutSpecial`: rows are shared out anew over the keys that are no special tokens
/// (core/capture/without_special.h), and the special ones are no columns, so that means over keys leave them out too.
/// Errors: as readMap, InvalidRequest (no parts, or parts of different axes), TooLarge (more than 2^28 weights),
/// Cancelled.
StackedMap readStackedMap(const Capture& capture, std::vector<MapChoice> parts, bool withoutSpecial,
                          const GoOn& goOn = {});

/// Weights of the stacked map: what reading and taking it apart costs.
double stackedSize(const Capture& capture, const std::vector<MapChoice>& parts);

} // namespace heedmap
