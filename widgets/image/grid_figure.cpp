#include "widgets/image/grid_figure.h"

#include "widgets/context/view_context.h"
#include "widgets/image/stage_painter.h"

#include <QFontMetricsF>

#include <algorithm>

namespace heedmap {

namespace {

constexpr double kWidth = 720;
constexpr double kSmallestCell = 18;
constexpr double kLargestCell = 120;
constexpr double kGap = 3;
constexpr std::size_t kMostRectangles = 40000; // a larger drawing would be slow to open

struct Grid
{
    QStringList rows;
    QStringList columns;
    std::vector<QImage> cells; ///< [rows, columns]
    QStringList texts;         ///< [rows, columns]
    double textHeight = 0;     ///< 0: no cell has a text
    std::vector<QPoint> chosen;
    QSizeF cell;
    double left = 0; ///< room for row headers
    double top = 0;  ///< room for column headers

    QRectF place(int row, int column) const
    {
        return QRectF(left + column * (cell.width() + kGap), top + row * (cell.height() + textHeight + kGap),
                      cell.width(), cell.height());
    }
};

Grid gridOf(const QAbstractItemModel& model, double cellShape, int pictureRole)
{
    Grid grid;
    const QFontMetricsF metrics(FigureStyle::defaultFont());
    for (int row = 0; row < model.rowCount(); ++row) {
        grid.rows << model.headerData(row, Qt::Vertical).toString();
        grid.left = std::max(grid.left, metrics.horizontalAdvance(grid.rows.back()) + 8);
        for (int column = 0; column < model.columnCount(); ++column) {
            grid.cells.push_back(model.index(row, column).data(pictureRole).value<QImage>());
            grid.texts << model.index(row, column).data(Qt::DisplayRole).toString();
            if (!grid.texts.back().isEmpty())
                grid.textHeight = metrics.height();
        }
    }
    for (int column = 0; column < model.columnCount(); ++column)
        grid.columns << model.headerData(column, Qt::Horizontal).toString();
    grid.top = metrics.height() + 4;
    const double width = (kWidth - grid.left) / std::max(1, model.columnCount()) - kGap;
    grid.cell.setWidth(std::clamp(width, kSmallestCell, kLargestCell));
    grid.cell.setHeight(std::max(kSmallestCell / 2, grid.cell.width() / std::max(cellShape, 0.05)));
    return grid;
}

bool hasFewPixels(const Grid& grid)
{
    std::size_t pixels = 0;
    for (const QImage& image : grid.cells)
        pixels += static_cast<std::size_t>(image.width()) * static_cast<std::size_t>(image.height());
    return pixels <= kMostRectangles;
}

/// As rectangles, one for each pixel, nothing can blur it.
void paintThumbnail(QPainter& painter, const QImage& image, const QRectF& place, bool asRectangles)
{
    if (!asRectangles) {
        painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
        painter.drawImage(place, image);
        return;
    }
    const StageScene scene{{}, QSizeF(image.size()), {HeatLayer{image, {}, false}}};
    const QTransform transform = QTransform::fromScale(place.width() / image.width(), place.height() / image.height()) *
                                 QTransform::fromTranslate(place.left(), place.top());
    paintStage(painter, scene, transform);
}

void paintGrid(QPainter& painter, const Grid& grid, const FigureStyle& style)
{
    const QFontMetricsF metrics(painter.font());
    const bool asRectangles = writesShapes(painter) && hasFewPixels(grid);
    painter.setPen(style.fainter);
    for (int row = 0; row < grid.rows.size(); ++row)
        if (grid.cell.height() + kGap >= metrics.height() * 0.9)
            painter.drawText(QRectF(0, grid.place(row, 0).top(), grid.left - 6, grid.cell.height()),
                             Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, grid.rows[row]);
    for (int column = 0; column < grid.columns.size(); ++column)
        if (metrics.horizontalAdvance(grid.columns[column]) <= grid.cell.width() + kGap)
            painter.drawText(QRectF(grid.place(0, column).left(), 0, grid.cell.width(), grid.top - 3),
                             Qt::AlignHCenter | Qt::AlignBottom | Qt::TextDontClip, grid.columns[column]);
    for (int row = 0; row < grid.rows.size(); ++row)
        for (int column = 0; column < grid.columns.size(); ++column) {
            const QImage& image = grid.cells[static_cast<std::size_t>(row * grid.columns.size() + column)];
            if (!image.isNull())
                paintThumbnail(painter, image, grid.place(row, column), asRectangles);
            const QRectF below(grid.place(row, column).bottomLeft(), QSizeF(grid.cell.width(), grid.textHeight));
            painter.drawText(below, Qt::AlignHCenter | Qt::TextDontClip,
                             grid.texts[row * grid.columns.size() + column]);
        }
    painter.setPen(QPen(style.accent, 2));
    painter.setBrush(Qt::NoBrush);
    for (const QPoint& cell : grid.chosen)
        painter.drawRect(grid.place(cell.y(), cell.x()).adjusted(-1, -1, 1, 1));
}

} // namespace

Figure figureOfGrid(const QAbstractItemModel& model, double cellShape, int pictureRole, const QModelIndexList& chosen)
{
    Grid grid = gridOf(model, cellShape, pictureRole);
    for (const QModelIndex& cell : chosen)
        grid.chosen.emplace_back(cell.column(), cell.row());
    Figure figure;
    const int rows = static_cast<int>(grid.rows.size());
    const int columns = static_cast<int>(grid.columns.size());
    figure.size = QSizeF(grid.place(0, columns).left(), grid.place(rows, 0).top());
    figure.paint = [grid = std::move(grid)](QPainter& painter, const FigureStyle& style) {
        paintGrid(painter, grid, style);
    };
    return figure;
}

} // namespace heedmap
