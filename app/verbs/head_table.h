#pragma once

#include "core/analysis/head_statistics.h"
#include "core/base/json.h"
#include "widgets/context/group_rows.h"

#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// A part of the picture whose share of every head's weight is wanted.
struct NamedBox
{
    std::string name;
    RectF box; ///< pixels of the upright picture
};

/// NAME=X,Y,W,H or X,Y,W,H, which is then the name too. Errors: InvalidRequest.
NamedBox namedBoxFromText(const std::string& text);

/// All heads of a group for one token: a line for each head, a column for each statistic and each box. Reads the
/// capture and the rows it is given as long as it lives.
class HeadTable
{
public:
    /// Statistics of patches are left out where no key is a patch. The column of a box is Σ w over the patches whose
    /// centre lies in it. Errors: InvalidRequest for a box that covers no patch centre or is called as another column.
    HeadTable(const Capture& capture, const GroupChoice& group, const GroupRows& rows, std::vector<NamedBox> boxes);

    /// Only the lines of these heads and, of several, one line more: of their reduction.
    void keepHeads(const HeadSet& heads);
    /// Highest first unless `ascending`; equal ones stay in layer order. `column`: id of a statistic or name of a box.
    /// Errors: InvalidRequest with the nearest names.
    void sort(const std::string& column, bool ascending);
    void keepFirst(std::size_t count);

    /// Columns for people, four decimals; what the columns mean stands below it.
    std::string text() const;
    /// RFC 4180 with a line of column names; full precision.
    std::string csv() const;
    Json json() const;

private:
    struct Column
    {
        std::string name;
        const HeadStatistic* statistic = nullptr; ///< null: a box
        RectF box;
        std::vector<std::size_t> keys; ///< of a box
    };
    struct Line
    {
        std::optional<SiteHead> head; ///< absent for a reduction
        std::string label;            ///< "L2.H0"
        std::vector<double> values;
    };
    void addLine(std::optional<SiteHead> head, const std::string& label, std::span<const float> row);
    void addColumns(std::vector<NamedBox> boxes);
    std::vector<std::string> columnNames() const;

    const Capture& m_capture;
    GroupChoice m_group;
    const GroupRows& m_rows;
    KeyRoles m_keys;
    std::vector<Column> m_columns;
    std::vector<Line> m_lines;
};

} // namespace heedmap
