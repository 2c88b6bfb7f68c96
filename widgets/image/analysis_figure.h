#pragma once

#include "core/analysis/analysis_registry.h"
#include "core/base/number_table.h"
#include "core/render/color_map.h"
#include "core/render/value_scale.h"
#include "widgets/image/figure.h"
#include "widgets/image/layer_flow_painter.h"
#include "widgets/image/stage_painter.h"

#include <QImage>

#include <memory>
#include <optional>
#include <span>

namespace heedmap {

/// A result with everything that says what it is.
struct ShownAnalysis
{
    std::shared_ptr<const Capture> capture;
    AnalysisScope scope;
    AnalysisSettings settings;
    std::shared_ptr<const AnalysisResult> result;
    std::optional<std::int64_t> row; ///< of a map or series: the query it is shown of; a series without: the mean
    bool predictingRow = true;       ///< what the row of a generated token is called
};

/// How its values are coloured: unit and curve of the display options, limits of this row.
struct AnalysisColors
{
    const ColorMap* colors = nullptr;
    bool timesUniform = true; ///< of probabilities alone; other units have no uniform
    ValueCurve curve = ValueCurve::Logarithmic;
    LimitsRule rule = LimitsRule::Automatic; ///< Automatic or Extremes
    double opacity = 0.8;
    int samplesPerPatch = 1;
};

/// The row of a map result. Precondition: it is a map, and `row` a query of it.
std::span<const float> rowOf(const AnalysisResult& result, std::int64_t row, std::int64_t keys);
/// The scale of a row: limits over its patches, or over all keys where none is a patch.
ValueScale scaleOfRow(const TokenAxis& keys, std::span<const float> row, const std::string& unit,
                      const AnalysisColors& colors);
/// "“cube” (its own row) · question → picture · L2 · H0": what a map result is about.
QString analysisHeadline(const ShownAnalysis& shown);
/// "relevance, no probability, log · limits of this row: 0.1 to 2 · y: logit of “green” (token 0 of answer)".
QStringList analysisCaption(const ShownAnalysis& shown, const ValueScale& scale);

/// The shown row as heat on `picture`, which may be null. Precondition: its keys are patches.
StageScene analysisScene(const ShownAnalysis& shown, const AnalysisColors& colors, const QImage& picture);

/// The bars of a series. Precondition: it is one.
LayerFlowScene seriesScene(const ShownAnalysis& shown);

/// The row of a map as heat on `picture` (may be null) or as bars, a table as a table, a series as stacked bars.
/// Errors: those of figureOfStage.
Figure figureOfAnalysis(const ShownAnalysis& shown, const AnalysisColors& colors, const QImage& picture,
                        int pictureWidth = 720);
/// The row of a map, or without `row` all of it; a table as it is; a series with a row for each layer.
NumberTable tableOfAnalysis(const ShownAnalysis& shown);

} // namespace heedmap
