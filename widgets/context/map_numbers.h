#pragma once

#include "core/base/number_table.h"
#include "core/capture/attention.h"
#include "core/capture/capture.h"
#include "core/render/value_scale.h"

#include <cstdint>
#include <string>
#include <vector>

namespace heedmap {

/// One row of a map, or a part of it, on its way into a table.
struct NumberedRow
{
    MapChoice map;
    std::int64_t query = 0;
    std::vector<float> weights; ///< one for each key of the table
};

/// Weights with everything that says what they are. Rows: token, position, row kind, site, head. Columns: key, for
/// sound the seconds it hears, and for patches row, column and the rectangle on the upright picture. `keys`: positions
/// on `keyAxis`, empty for all of them. `unit`: how many keys a row is shared out over, and whether it was
/// renormalised. `predictingRow` as in DisplayOptions. Notes name model, capture and unit; callers add their own.
NumberTable tableOfRows(const Capture& capture, const TokenAxis& keyAxis, const std::vector<std::int64_t>& keys,
                        const std::vector<NumberedRow>& rows, const ValueScale& unit, bool predictingRow);

} // namespace heedmap
