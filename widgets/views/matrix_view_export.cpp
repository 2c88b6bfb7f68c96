// What the matrix hands out: the window in sight.

#include "core/render/heat.h"
#include "widgets/context/map_labels.h"
#include "widgets/context/map_numbers.h"
#include "widgets/image/map_caption.h"
#include "widgets/image/matrix_figure.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/matrix_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace heedmap {

namespace {

constexpr double kWidth = 600;
constexpr std::int64_t kMostLabels = 400;

/// Labels and segments of the positions [first, last].
MatrixFigureSide sideOfFigure(const MatrixSide& side, std::int64_t first, std::int64_t last)
{
    MatrixFigureSide result;
    const std::int64_t step = std::max<std::int64_t>(1, (last - first + 1) / kMostLabels);
    for (std::int64_t position = first; position <= last; position += step)
        result.labels.emplace_back(double(position) + 0.5, side.label(position));
    for (const MatrixSegment& segment : side.segments)
        result.segments.push_back({segment.begin, segment.end, segment.name});
    return result;
}

/// "16 to 31", or one position.
std::string rangeText(std::int64_t first, std::int64_t count)
{
    return count == 1 ? std::to_string(first) : fmt::format("{} to {}", first, first + count - 1);
}

} // namespace

std::optional<Figure> MatrixView::figure()
{
    catchUp();
    if (!m_map || !m_strips.sample())
        return std::nullopt;
    const Sight seen = sight();
    const std::vector<float> cells = cellsInSight(seen);
    HeatStyle style;
    style.colorMap = &context().colorMap();
    style.scale = m_look.scale;
    style.opacity = 1;
    style.opacityFollowsValue = false;
    RgbaImage heat = renderHeat(cells, static_cast<int>(seen.rows()), static_cast<int>(seen.columns()), style);
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (!std::isfinite(cells[i]))
            heat.rgba[4 * i + 3] = 0;
    MatrixFigure parts;
    parts.cells = imageFromHeat(heat);
    parts.window = m_plot->window();
    parts.area = QRectF(double(seen.firstColumn * m_cell.keys()), double(seen.firstRow * m_cell.queries()),
                        double(seen.columns() * m_cell.keys()), double(seen.rows() * m_cell.queries()));
    const TokenAxis& queries = queryAxisOf(capture(), m_map->map);
    const TokenAxis& keys = keyAxisOf(capture(), m_map->map);
    const auto last = [](double edge, std::int64_t count) {
        return std::min(count, static_cast<std::int64_t>(std::ceil(edge))) - 1;
    };
    parts.rows = sideOfFigure(sideOf(queries, true), static_cast<std::int64_t>(parts.window.top()),
                              last(parts.window.bottom(), queries.length));
    parts.columns = sideOfFigure(sideOf(keys, false), static_cast<std::int64_t>(parts.window.left()),
                                 last(parts.window.right(), keys.length));
    const Sums found = sums(seen);
    parts.rows.sums = found.rows;
    parts.columns.sums = found.columns;
    for (MatrixFigureSide* side : {&parts.rows, &parts.columns}) {
        side->highestSum = side == &parts.rows ? 1 : 0;
        for (const double sum : side->sums)
            if (std::isfinite(sum))
                side->highestSum = std::max(side->highestSum, sum);
    }
    parts.rows.sumTitle = tr("mass in sight");
    parts.columns.sumTitle = columnSumTitle(parts.columns.highestSum);
    parts.colors = &context().colorMap();
    parts.scale = m_look.scale;
    MapCaption caption{m_map->group, m_map->map, {}, m_look.scale};
    caption.limits = limitsStatement();
    parts.caption = mapCaption(capture(), caption);
    parts.caption << statementText().split(u'\n').mid(0, 2).join(QStringLiteral(" · "));
    if (!isSightRead(seen))
        parts.caption << tr("not everything in sight was read yet; the rest is blank");
    const QSizeF shape = m_plot->pixelsOfWindow();
    const double height = std::clamp(kWidth * shape.height() / std::max(1.0, shape.width()), 60.0, 1200.0);
    return figureOfMatrix(std::move(parts), QSizeF(kWidth, height));
}

std::optional<NumberTable> MatrixView::numbers()
{
    catchUp();
    if (!m_map)
        return std::nullopt;
    const Sight seen = sight();
    if (!isSightRead(seen))
        return std::nullopt;
    const std::vector<float> cells = cellsInSight(seen);
    const TokenAxis& keys = keyAxisOf(capture(), m_map->map);
    const std::int64_t columns = seen.columns();
    std::vector<NumberedRow> rows;
    std::vector<std::int64_t> positions;
    for (std::int64_t column = seen.firstColumn; column <= seen.lastColumn; ++column)
        positions.push_back(column * m_cell.keys());
    const StoredIndices& stored = queryAxisOf(capture(), m_map->map).storedQueries;
    for (std::int64_t row = 0; row < seen.rows(); ++row)
        if (const std::int64_t first = (seen.firstRow + row) * m_cell.queries();
            !stored.rangesWithin(first, first + m_cell.queries()).empty())
            rows.push_back({m_map->map, first,
                            std::vector<float>(cells.begin() + row * columns, cells.begin() + (row + 1) * columns)});
    if (rows.empty())
        return std::nullopt;
    NumberTable table = tableOfRows(capture(), keys, positions, rows, m_look.scale, context().options().predictingRow);
    if (m_cell.isExact())
        return table;
    table.notes.push_back(fmt::format("{}; a row and a column are named after the first position they stand for",
                                      cellText().toStdString()));
    table.rows.names.push_back("positions");
    table.columns.names.push_back("key_positions");
    const std::int64_t queries = queryAxisOf(capture(), m_map->map).length;
    for (std::size_t i = 0; i < rows.size(); ++i)
        table.rows.labels[i].push_back(rangeText(rows[i].query, std::min(m_cell.queries(), queries - rows[i].query)));
    for (std::size_t i = 0; i < positions.size(); ++i)
        table.columns.labels[i].push_back(rangeText(positions[i], std::min(m_cell.keys(), keys.length - positions[i])));
    return table;
}

} // namespace heedmap
