#pragma once

#include "core/render/color_map.h"
#include "core/render/value_scale.h"
#include "widgets/image/figure.h"

#include <QImage>
#include <QRectF>

#include <utility>
#include <vector>

namespace heedmap {

/// A line across a matrix where a segment begins, and the segment's name.
struct MatrixFigureSegment
{
    double begin = 0; ///< position
    double end = 0;
    QString name;
};

/// Labels, segments and sums along one side of a matrix.
struct MatrixFigureSide
{
    std::vector<std::pair<double, QString>> labels; ///< position of the middle, ascending; those with room are drawn
    std::vector<MatrixFigureSegment> segments;      ///< drawn where there are several
    std::vector<double> sums;                       ///< one for each cell from `area` on; NaN: not known
    double highestSum = 1;
    QString sumTitle;
};

/// A window of a matrix on paper.
struct MatrixFigure
{
    QRectF window; ///< positions: x keys, y queries
    QRectF area;   ///< what `cells` covers, in positions
    QImage cells;
    MatrixFigureSide rows;
    MatrixFigureSide columns;
    const ColorMap* colors = nullptr;
    ValueScale scale;
    QStringList caption;
};

/// `size`: of the matrix itself, in pixels of 1/96 inch. Exact rectangles in vector formats while they are few.
Figure figureOfMatrix(MatrixFigure parts, const QSizeF& size);

} // namespace heedmap
