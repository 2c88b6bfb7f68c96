#pragma once

#include "core/render/color_map.h"
#include "core/render/value_scale.h"
#include "widgets/image/figure.h"
#include "widgets/image/stage_painter.h"
#include "widgets/image/token_legend_painter.h"

#include <optional>
#include <vector>

namespace heedmap {

/// A stage outside the window: the scene and what explains it.
struct StageFigure
{
    StageScene scene;
    const ColorMap* colors = nullptr; ///< of the colour bar; null: no bar
    ValueScale scale;
    std::optional<double> offPicture; ///< mass beside the picture
    std::vector<LegendToken> tokens;  ///< of a blended map, instead of the colour bar
    std::vector<QRectF> marks;        ///< outlined patches
    QStringList rowLabels;            ///< of a matrix, one scene unit each
    QStringList columnLabels;
    std::function<void(QPainter&, const QTransform& deviceFromPicture, const FigureStyle&)> overlay; ///< may be empty
    QString title;
    QStringList caption;
};

/// `pictureWidth`: pixels of 1/96 inch the picture is drawn wide, 16 to 8192. Errors: InvalidRequest for other widths.
Figure figureOfStage(StageFigure parts, int pictureWidth);

} // namespace heedmap
