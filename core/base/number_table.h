#pragma once

#include "core/base/json.h"

#include <cstddef>
#include <string>
#include <vector>

namespace heedmap {

/// One side of a table: what its positions are. `labels` holds, for every position, one text for each of `names`.
struct TableSide
{
    std::vector<std::string> names;
    std::vector<std::vector<std::string>> labels;
};

/// Numbers on their way out of the program, with what they are: rows × columns values, row-major.
struct NumberTable
{
    std::vector<std::string> notes; ///< what the numbers are, for people: one sentence or "name: value" each
    TableSide rows;
    TableSide columns;
    std::string valueName = "weight";
    bool doublePrecision = false; ///< of the array; weights are computed in single precision
    std::vector<double> values;   ///< [rows, columns]
};

/// A field of comma-separated values, in quotation marks where RFC 4180 or a leading "#" wants them.
std::string csvField(const std::string& text);
/// Comma-separated values, UTF-8, RFC 4180 with "\n": each note as a line "# …", then the names, then one line for
/// every value with its row's and its column's labels, with nine significant digits (seventeen in double precision), so
/// that what is read back is the same number. Errors: Internal when labels and values do not fit.
std::string csvFromTable(const NumberTable& table);
/// {"notes": […], "value": "weight", "rows": [{name: label, …}, …], "columns": […], "values": [[…], …]}; what is no
/// number is null. Errors: as csvFromTable.
Json jsonFromTable(const NumberTable& table);
/// The values as a NumPy array [rows, columns]. Errors: as csvFromTable.
std::vector<std::byte> npyFromTable(const NumberTable& table);

} // namespace heedmap
