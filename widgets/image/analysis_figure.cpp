#include "widgets/image/analysis_figure.h"

#include "core/analysis/layer_series.h"
#include "widgets/context/group_rows.h"
#include "widgets/context/map_labels.h"
#include "widgets/context/map_numbers.h"
#include "widgets/image/map_caption.h"
#include "widgets/image/named_bars.h"
#include "widgets/image/picture_image.h"
#include "widgets/image/series_scene.h"
#include "widgets/image/stage_figure.h"
#include "widgets/image/text_table_figure.h"

#include <fmt/format.h>
#include <QCoreApplication>
#include <QFontMetricsF>

namespace heedmap {

namespace {

constexpr std::size_t kMostBars = 48;
constexpr double kLine = 1.45; // of the font's height

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::AnalysisFigure", text);
}

const TokenAxis& keysOf(const ShownAnalysis& shown)
{
    return shown.capture->manifest().axis(shown.result->keyAxis);
}

std::span<const float> shownRow(const ShownAnalysis& shown)
{
    return rowOf(*shown.result, *shown.row, keysOf(shown).length);
}

Figure pictureFigure(const ShownAnalysis& shown, const AnalysisColors& colors, const QImage& picture, int pictureWidth)
{
    StageFigure parts;
    parts.scale = scaleOfRow(keysOf(shown), shownRow(shown), shown.result->unit, colors);
    parts.colors = colors.colors;
    parts.scene = analysisScene(shown, colors, picture);
    parts.caption = analysisCaption(shown, parts.scale);
    parts.title = parts.caption.front();
    return figureOfStage(std::move(parts), pictureWidth);
}

Figure barFigure(const ShownAnalysis& shown, const AnalysisColors& colors)
{
    const TokenAxis& keys = keysOf(shown);
    const std::span<const float> row = shownRow(shown);
    const ValueScale scale = scaleOfRow(keys, row, shown.result->unit, colors);
    const std::vector<std::size_t> positions = largestPositions(row, kMostBars);
    const BarColumns columns;
    const double line = QFontMetricsF(FigureStyle::defaultFont()).height() * kLine;
    Figure figure;
    figure.caption = analysisCaption(shown, scale);
    figure.title = figure.caption.front();
    if (positions.size() < row.size())
        figure.caption << tr("the %1 largest of %2").arg(positions.size()).arg(row.size());
    figure.size = QSizeF(columns.width(), line * static_cast<double>(positions.size()));
    figure.paint = [bars = namedBars(keys, row, positions, scale, *colors.colors), columns,
                    line](QPainter& painter, const FigureStyle& style) {
        paintNamedBars(painter, bars, line, columns, style.ink);
    };
    return figure;
}

Figure tableFigure(const ShownAnalysis& shown)
{
    const AnalysisResult& result = *shown.result;
    QStringList header{QString()};
    for (const std::string& column : result.columns)
        header << QString::fromStdString(column);
    std::vector<QStringList> lines;
    for (std::size_t row = 0; row < result.rows.size(); ++row) {
        QStringList line{QString::fromStdString(result.rows[row])};
        for (std::size_t column = 0; column < result.columns.size(); ++column)
            line << QString::number(result.numbers[row * result.columns.size() + column], 'g', 4);
        lines.push_back(line);
    }
    Figure figure = figureOfTextTable(QString::fromUtf8(shown.settings.analysis().title), header, std::move(lines));
    figure.caption = analysisCaption(shown, {});
    return figure;
}

/// Whose row of a map or series is shown.
QString whoseRow(const ShownAnalysis& shown)
{
    if (!shown.row)
        return tr("mean over all queries but special tokens");
    const QueryName name = queryName(*shown.capture, shown.result->queryAxis, *shown.row, shown.predictingRow);
    return tr("%1 (%2)").arg(name.token, rowKindLabel(name.kind));
}

Figure seriesFigure(const ShownAnalysis& shown)
{
    Figure figure = figureOfLayerFlow(seriesScene(shown));
    figure.caption = analysisCaption(shown, {});
    figure.title = figure.caption.front();
    return figure;
}

NumberTable tableOfSeries(const ShownAnalysis& shown)
{
    const AnalysisResult& result = *shown.result;
    NumberTable table;
    table.doublePrecision = true;
    table.valueName = "value";
    table.rows.names = {"layer", "site", "token", "position"};
    table.columns.names = {"axis", "part"};
    for (const SeriesPart& part : result.parts)
        table.columns.labels.push_back({part.axis, part.id});
    const std::vector<std::int64_t> queries = seriesQueries(*shown.capture, result.queryAxis, shown.row);
    const std::string token =
        shown.row ? shown.capture->manifest().axis(result.queryAxis).label(*shown.row) : whoseRow(shown).toStdString();
    for (std::size_t step = 0; step < result.steps.size(); ++step) {
        const AttentionSite& site = shown.capture->site(result.steps[step].site);
        table.rows.labels.push_back(
            {std::to_string(site.layer), site.key(), token, shown.row ? std::to_string(*shown.row) : std::string()});
        const std::vector<double> values = seriesMean(result, step, queries);
        table.values.insert(table.values.end(), values.begin(), values.end());
    }
    table.notes = {fmt::format("model: {}", shown.capture->manifest().model.name)};
    return table;
}

NumberTable tableOfTable(const ShownAnalysis& shown)
{
    const AnalysisResult& result = *shown.result;
    NumberTable table;
    table.doublePrecision = true;
    table.valueName = "value";
    table.rows.names = {"row"};
    for (const std::string& row : result.rows)
        table.rows.labels.push_back({row});
    table.columns.names = {"column"};
    for (const std::string& column : result.columns)
        table.columns.labels.push_back({column});
    table.values = result.numbers;
    table.notes = {fmt::format("model: {}", shown.capture->manifest().model.name)};
    return table;
}

std::vector<std::string> notesOf(const ShownAnalysis& shown)
{
    const Analysis& analysis = shown.settings.analysis();
    std::vector<std::string> notes{fmt::format("method: {} ({})", analysis.title, analysis.id),
                                   fmt::format("source: {}", analysis.source),
                                   fmt::format("unit: {}", shown.result->unit)};
    std::string formula = analysis.formula;
    std::ranges::replace(formula, '\n', ' ');
    notes.insert(notes.begin() + 1, "formula: " + formula);
    if (const std::string settings = shown.settings.text(); !settings.empty())
        notes.push_back(settings);
    notes.insert(notes.end(), shown.result->notes.begin(), shown.result->notes.end());
    return notes;
}

NumberTable tableOfMap(const ShownAnalysis& shown)
{
    const TokenAxis& keys = keysOf(shown);
    std::vector<NumberedRow> rows;
    const std::int64_t count = shown.capture->manifest().axis(shown.result->queryAxis).length;
    for (std::int64_t query = shown.row.value_or(0); query < (shown.row ? *shown.row + 1 : count); ++query) {
        const std::span<const float> row = rowOf(*shown.result, query, keys.length);
        rows.push_back({shown.scope.map, query, std::vector<float>(row.begin(), row.end())});
    }
    ValueScale unit;
    unit.keyCount = static_cast<double>(keys.length);
    NumberTable table = tableOfRows(*shown.capture, keys, {}, rows, unit, shown.predictingRow);
    std::erase_if(table.notes, [](const std::string& note) { return note.starts_with("weight:"); });
    std::erase_if(table.notes, [](const std::string& note) { return note.starts_with("composed:"); });
    table.valueName = "value";
    table.rows.names = {"token", "position", "row_kind", "method"};
    for (std::vector<std::string>& labels : table.rows.labels) {
        labels.resize(3);
        labels.emplace_back(shown.settings.analysis().id);
    }
    return table;
}

} // namespace

std::span<const float> rowOf(const AnalysisResult& result, std::int64_t row, std::int64_t keys)
{
    return std::span(result.map).subspan(static_cast<std::size_t>(row * keys), static_cast<std::size_t>(keys));
}

ValueScale scaleOfRow(const TokenAxis& keys, std::span<const float> row, const std::string& unit,
                      const AnalysisColors& colors)
{
    const bool isProbability = unit.starts_with("probability");
    ValueScale scale;
    scale.timesUniform = isProbability && colors.timesUniform;
    scale.curve = colors.curve;
    scale.rule = colors.rule;
    scale.keyCount = static_cast<double>(keys.length);
    if (!isProbability)
        scale.unit = unit;
    std::vector<std::span<const float>> runs;
    appendWeightRuns(keys, row, false, runs);
    return fittedTo(scale, std::make_shared<const WeightSample>(sampleOf(runs)));
}

StageScene analysisScene(const ShownAnalysis& shown, const AnalysisColors& colors, const QImage& picture)
{
    HeatStyle style;
    style.colorMap = colors.colors;
    style.scale = scaleOfRow(keysOf(shown), shownRow(shown), shown.result->unit, colors);
    style.opacity = colors.opacity;
    style.samplesPerPatch = colors.samplesPerPatch;
    style.opacityFollowsValue = !picture.isNull(); // with nothing beneath, every patch shows its colour
    StageScene scene{picture, picture.size(), heatLayers(keysOf(shown), shownRow(shown), style)};
    if (picture.isNull()) {
        const CaptureInput* input = pictureInput(*shown.capture);
        const HeatLayer& layer = scene.layers.front();
        scene.pictureSize = input ? QSizeF(input->width, input->height)
                                  : layer.pictureFromHeat.mapRect(QRectF(layer.heat.rect())).size();
    }
    return scene;
}

LayerFlowScene seriesScene(const ShownAnalysis& shown)
{
    const std::string& axis = shown.result->queryAxis;
    LayerFlowScene scene;
    scene.groups = seriesGroups(*shown.capture, *shown.result, seriesQueries(*shown.capture, axis, shown.row));
    colorParts(scene, shown.settings.choice("by") == "segment");
    return scene;
}

QString analysisHeadline(const ShownAnalysis& shown)
{
    const ShownMap map{shown.scope.group, shown.scope.map, std::nullopt};
    QStringList parts;
    if (shown.row || shown.result->shape == ResultShape::Series)
        parts << whoseRow(shown);
    const AnalysisReach reach = shown.settings.analysis().reach;
    if (shown.result->shape == ResultShape::Series && reach == AnalysisReach::Capture)
        parts << tr("from %1").arg(QString::fromStdString(shown.result->queryAxis));
    else if (reach == AnalysisReach::Capture)
        parts << QString::fromStdString(shown.result->queryAxis + " → " + shown.result->keyAxis);
    else
        parts << groupLabel(*shown.capture, map);
    if (reach == AnalysisReach::Shown)
        parts << mapLabel(*shown.capture, shown.scope.map);
    return parts.join(QStringLiteral(" · "));
}

QStringList analysisCaption(const ShownAnalysis& shown, const ValueScale& scale)
{
    const Analysis& analysis = shown.settings.analysis();
    const AnalysisResult& result = *shown.result;
    QStringList lines;
    lines << tr("%1: %2").arg(QString::fromUtf8(analysis.title), analysisHeadline(shown));
    const QString unit = QString::fromStdString(result.unit);
    if (result.shape == ResultShape::Map)
        lines << tr("%1, %2 · limits of this row: %3 to %4")
                     .arg(QString::fromStdString(scale.unitLabel()), QString::fromStdString(scale.curveLabel()),
                          QString::fromStdString(scale.formatDisplayed(scale.low)),
                          QString::fromStdString(scale.formatDisplayed(scale.high)));
    else
        lines << unit;
    QStringList details;
    for (const std::string& note : result.notes)
        details << QString::fromStdString(note);
    if (const std::string settings = shown.settings.text(); !settings.empty())
        details << QString::fromStdString(settings);
    if (!details.isEmpty())
        lines << details.join(QStringLiteral(" · "));
    lines << tr("%1 · %2").arg(QString::fromStdString(shown.capture->manifest().model.name),
                               QString::fromUtf8(analysis.source));
    if (const QString changed = interventionsCaption(*shown.capture); !changed.isEmpty())
        lines << changed;
    return lines;
}

Figure figureOfAnalysis(const ShownAnalysis& shown, const AnalysisColors& colors, const QImage& picture,
                        int pictureWidth)
{
    if (shown.result->shape == ResultShape::Table)
        return tableFigure(shown);
    if (shown.result->shape == ResultShape::Series)
        return seriesFigure(shown);
    return hasPatches(keysOf(shown)) ? pictureFigure(shown, colors, picture, pictureWidth) : barFigure(shown, colors);
}

NumberTable tableOfAnalysis(const ShownAnalysis& shown)
{
    const ResultShape shape = shown.result->shape;
    NumberTable table = shape == ResultShape::Map     ? tableOfMap(shown)
                        : shape == ResultShape::Table ? tableOfTable(shown)
                                                      : tableOfSeries(shown);
    for (std::string& note : notesOf(shown))
        table.notes.push_back(std::move(note));
    return table;
}

} // namespace heedmap
