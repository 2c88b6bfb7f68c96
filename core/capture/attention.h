#pragma once

#include "core/capture/capture.h"
#include "core/capture/map_choice.h"

#include <cstdint>
#include <span>
#include <vector>

namespace heedmap {

/// Attention probabilities produced on demand from a capture: rows, columns, whole maps. Stateless; thread-safe; cost
/// of a row is O(keys × headDim) with stored queries and keys, O(keys) with stored weights. Values are the model's own
/// within 4·ε·max|score| (float32). A column costs as much as the whole map of its site, and a composed row as much as
/// the whole map of its second factor; a set costs as much as its members together. Errors: InvalidRequest (no such
/// site, head, query or key; factors that do not meet; an empty set, or one whose members have different axes),
/// NotFound (a head, or the row of a query, that the capture does not hold), TooLarge (more than 2^28 values asked for
/// at once), InvalidFile (file cut short).

const TokenAxis& queryAxisOf(const Capture& capture, const MapChoice& map);
const TokenAxis& keyAxisOf(const Capture& capture, const MapChoice& map);

/// `out` has one element per key. A row without visible keys is all zeros.
void readRow(const Capture& capture, const MapChoice& map, std::int64_t query, std::span<float> out);
std::vector<float> readRow(const Capture& capture, const MapChoice& map, std::int64_t query);
/// How much every query looks at one key: [queries]; NaN for queries whose rows are not held.
std::vector<float> readColumn(const Capture& capture, const MapChoice& map, std::int64_t key);
/// Sum of every query's finite weights on the keys whose flag is not 0: [queries], NaN for queries whose rows are not
/// held. `counted` has one flag per key.
std::vector<float> readKeySums(const Capture& capture, const MapChoice& map, std::span<const std::uint8_t> counted);
/// [queries, keys], row-major. Errors: NotFound unless every row is held.
std::vector<float> readMap(const Capture& capture, const MapChoice& map);
/// The heads of a site that are held (AttentionSite::headNumbers), for one query: [heads, keys]; cheaper than one call
/// per head.
std::vector<float> readAllHeads(const Capture& capture, std::size_t site, std::int64_t query);

} // namespace heedmap
