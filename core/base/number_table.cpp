#include "core/base/number_table.h"

#include "core/base/error.h"
#include "core/base/npy.h"

#include <algorithm>

namespace heedmap {

namespace {

void checkSide(const TableSide& side, const char* which)
{
    for (const std::vector<std::string>& labels : side.labels)
        if (labels.size() != side.names.size())
            throw Error(ErrorKind::Internal, "a label of the table's {} has {} parts instead of {}", which,
                        labels.size(), side.names.size());
}

void check(const NumberTable& table)
{
    checkSide(table.rows, "rows");
    checkSide(table.columns, "columns");
    if (table.values.size() != table.rows.labels.size() * table.columns.labels.size())
        throw Error(ErrorKind::Internal, "{} values do not fill a table of {} × {}", table.values.size(),
                    table.rows.labels.size(), table.columns.labels.size());
}

/// A note stays on its line, whatever the name of a model contains.
std::string oneLine(std::string text)
{
    std::ranges::replace_if(
        text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return text;
}

std::string csvFields(const std::vector<std::string>& texts)
{
    std::string line;
    for (const std::string& text : texts)
        line += csvField(text) + ',';
    return line;
}

} // namespace

std::string csvField(const std::string& text)
{
    if (text.find_first_of(",\"\n\r") == std::string::npos && !text.starts_with('#'))
        return text;
    std::string quoted = "\"";
    for (const char c : text) {
        quoted += c;
        if (c == '"')
            quoted += c;
    }
    return quoted + '"';
}

std::string csvFromTable(const NumberTable& table)
{
    check(table);
    std::string csv;
    for (const std::string& note : table.notes)
        csv += "# " + oneLine(note) + '\n';
    csv += csvFields(table.rows.names) + csvFields(table.columns.names) + csvField(table.valueName) + '\n';
    std::vector<std::string> columns;
    for (const std::vector<std::string>& labels : table.columns.labels)
        columns.push_back(csvFields(labels));
    auto value = table.values.begin();
    for (const std::vector<std::string>& labels : table.rows.labels) {
        const std::string row = csvFields(labels);
        for (const std::string& column : columns)
            csv += row + column + fmt::format("{:.{}g}\n", *value++, table.doublePrecision ? 17 : 9);
    }
    return csv;
}

Json jsonFromTable(const NumberTable& table)
{
    check(table);
    const auto sideOf = [](const TableSide& side) {
        Json list = Json::array();
        for (const std::vector<std::string>& labels : side.labels) {
            Json& entry = list.emplace_back(Json::object());
            for (std::size_t i = 0; i < labels.size(); ++i)
                entry[side.names[i]] = labels[i];
        }
        return list;
    };
    Json values = Json::array();
    const auto columns = static_cast<std::ptrdiff_t>(table.columns.labels.size());
    for (auto row = table.values.begin(); row != table.values.end() && columns > 0; row += columns)
        values.push_back(std::vector<double>(row, row + columns)); // JSON writes what is no number as null
    return {{"notes", table.notes},
            {"value", table.valueName},
            {"rows", sideOf(table.rows)},
            {"columns", sideOf(table.columns)},
            {"values", std::move(values)}};
}

std::vector<std::byte> npyFromTable(const NumberTable& table)
{
    check(table);
    const Shape shape{static_cast<std::int64_t>(table.rows.labels.size()),
                      static_cast<std::int64_t>(table.columns.labels.size())};
    if (table.doublePrecision)
        return npyFromDoubles(table.values, shape);
    const std::vector<float> floats(table.values.begin(), table.values.end());
    return npyFromFloats(floats, shape);
}

} // namespace heedmap
