#pragma once

#include "core/capture/attention.h"

#include <cstdint>
#include <span>
#include <vector>

namespace heedmap {

/// "Without special tokens": a row shared out anew over the keys of an axis that are no special tokens
/// (TokenAxis::isSpecial: CLS, separators, registers, padding). On a picture axis these are its patches, on a text axis
/// its words:
///   w'[k] = w[k] / Σ_{j not special} w[j]   where k is not special,   w'[k] = 0 where it is.
/// Sums are taken in double precision over finite weights; a weight that is no finite number stays as it is. Of a mean
/// over heads or a composed map the finished row is renormalised, not its parts.
class OrdinaryKeys
{
public:
    explicit OrdinaryKeys(const TokenAxis& keys);

    std::int64_t count() const { return m_count; } ///< keys a renormalised row is shared by
    bool contains(std::int64_t key) const { return m_isOrdinary[static_cast<std::size_t>(key)] != 0; }
    std::span<const std::uint8_t> flags() const { return m_isOrdinary; } ///< [keys], 1 for ordinary ones

    /// The part of a row's weight on special keys: what is left out. 0 for an empty row.
    double leftOut(std::span<const float> row) const;
    /// In place. False: no weight lies on ordinary keys (there may be none), so that there is no such row; all zeros.
    bool renormalize(std::span<float> row) const;
    /// Every row of [rows, keys]; gives how many of them have nothing left.
    std::int64_t renormalizeRows(std::span<float> rows) const;

private:
    std::vector<std::uint8_t> m_isOrdinary;
    std::int64_t m_count = 0;
};

/// readRow, renormalised where asked. Errors: as readRow.
std::vector<float> readShownRow(const Capture& capture, const MapChoice& map, std::int64_t query, bool withoutSpecial);
/// readColumn of the renormalised map: w'[q, key] for every query; 0 where nothing is left of a query's row. Twice the
/// cost of readColumn. Errors: as readColumn.
std::vector<float> readColumnWithoutSpecial(const Capture& capture, const MapChoice& map, std::int64_t key);

} // namespace heedmap
