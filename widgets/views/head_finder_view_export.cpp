// What the head finder hands out.

#include "widgets/context/map_labels.h"
#include "widgets/controls/statistic_map.h"
#include "widgets/controls/statistics_table_model.h"
#include "widgets/image/figure_headline.h"
#include "widgets/image/map_caption.h"
#include "widgets/views/head_finder_view.h"

#include <fmt/format.h>
#include <QHeaderView>

#include <algorithm>

namespace heedmap {

namespace {

constexpr double kMapWidth = 460;
constexpr double kMapHeight = 260;
constexpr double kColumnWidth = 104;
constexpr int kMostLines = 40;

/// Header and lines, the first column at the left, the others right-aligned.
void paintTable(QPainter& painter, const std::vector<QStringList>& lines, double top, const FigureStyle& style)
{
    const double height = figureLineHeight();
    const QFontMetricsF metrics(painter.font());
    double y = top;
    for (const QStringList& line : lines) {
        painter.setPen(&line == lines.data() ? style.fainter : style.ink);
        for (qsizetype column = 0; column < line.size(); ++column)
            painter.drawText(QRectF(static_cast<double>(column) * kColumnWidth, y, kColumnWidth - 6, height),
                             (column == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter,
                             metrics.elidedText(line[column], Qt::ElideRight, kColumnWidth - 8));
        y += height;
    }
}

} // namespace

std::vector<int> HeadFinderView::shownColumns() const
{
    std::vector<int> columns;
    for (int place = 0; place < m_model->columnCount(); ++place)
        if (const int column = m_table->horizontalHeader()->logicalIndex(place); !m_table->isColumnHidden(column))
            columns.push_back(column);
    return columns;
}

QStringList HeadFinderView::captionLines() const
{
    const Capture& capture = *selection().capture();
    const Selection& current = selection().selection();
    const MapStatisticsResult& statistics = *m_model->statistics();
    QStringList lines;
    lines << tr("%1 · %2").arg(QString::fromStdString(capture.manifest().model.name),
                               QString::fromStdString(capture.manifest().model.architecture));
    lines << groupLabel(capture, {current.group, current.map, {}});
    lines << tr("statistics over %1: %2")
                 .arg(QString::fromStdString(statistics.queries.title), QString::fromStdString(statistics.coverage()));
    if (!statistics.isComplete())
        lines << tr("read so far: %1 of %2 heads").arg(statistics.heads.size()).arg(statistics.headsExpected);
    if (m_proxy->rowCount() != m_model->rowCount())
        lines << tr("filter: %1 (%2 of %3 heads)")
                     .arg(m_filter->text())
                     .arg(m_proxy->rowCount())
                     .arg(m_model->rowCount());
    if (const QString changed = interventionsCaption(capture); !changed.isEmpty())
        lines << changed;
    return lines;
}

std::optional<Figure> HeadFinderView::figure()
{
    if (!m_model->statistics() || m_model->rowCount() == 0)
        return std::nullopt;
    const std::vector<int> columns = shownColumns();
    std::vector<QStringList> lines(1);
    for (const int column : columns)
        lines[0] << m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    for (int row = 0; row < std::min(kMostLines, m_proxy->rowCount()); ++row) {
        QStringList line;
        for (const int column : columns)
            line << m_proxy->index(row, column).data().toString();
        lines.push_back(std::move(line));
    }
    Figure figure;
    figure.caption = captionLines();
    if (m_proxy->rowCount() > kMostLines)
        figure.caption << tr("the first %1 of %2 heads").arg(kMostLines).arg(m_proxy->rowCount());
    for (const int column : columns)
        if (const MapStatistic* statistic = m_model->statistic(column))
            figure.caption << QStringLiteral("%1: %2 [%3]")
                                  .arg(QString::fromStdString(statistic->id),
                                       QString::fromStdString(statistic->formula),
                                       QString::fromStdString(statistic->source));
    const StatisticMapScene scene = m_map->scene();
    figure.title = tr("%1 of every head").arg(scene.title);
    const double top = headlineHeight(figure.title);
    const double tableTop = top + kMapHeight + figureLineHeight();
    figure.size = QSizeF(std::max(kMapWidth, kColumnWidth * static_cast<double>(columns.size())),
                         tableTop + figureLineHeight() * static_cast<double>(lines.size()));
    figure.paint = [scene, lines, top, tableTop, title = tr("%1 (%2)").arg(scene.title, scene.unit),
                    width = figure.size.width()](QPainter& painter, const FigureStyle& style) {
        paintHeadline(painter, title, width, style);
        const StatisticMapLayout layout =
            layoutStatisticMap(scene, QRectF(0, top, kMapWidth, kMapHeight), QFontMetricsF(painter.font()));
        paintStatisticMap(painter, scene, layout, {style.ink, style.fainter, style.accent, QColor(0xe4, 0xe6, 0xea)});
        paintTable(painter, lines, tableTop, style);
    };
    return figure;
}

std::optional<NumberTable> HeadFinderView::numbers()
{
    if (!m_model->statistics() || m_proxy->rowCount() == 0)
        return std::nullopt;
    const Capture& capture = *selection().capture();
    NumberTable table;
    table.notes = {fmt::format("model: {} ({})", capture.manifest().model.name, capture.manifest().model.architecture),
                   fmt::format("capture: {}", capture.path().filename().string())};
    for (const QString& line : captionLines().mid(1)) // the first one names the model
        table.notes.push_back(line.toStdString());
    table.valueName = "value";
    table.doublePrecision = true;
    table.rows.names = {"head", "site", "sink_key"};
    table.columns.names = {"statistic", "unit", "formula"};
    std::vector<int> columns = shownColumns();
    std::erase_if(columns, [this](int column) { return !m_model->statistic(column); });
    for (const int column : columns) {
        const MapStatistic& statistic = *m_model->statistic(column);
        table.columns.labels.push_back({statistic.id, statistic.unit, statistic.formula});
    }
    for (int row = 0; row < m_proxy->rowCount(); ++row) {
        const int source = m_proxy->mapToSource(m_proxy->index(row, 0)).row();
        const HeadSummary& head = m_model->head(source);
        const AttentionSite& site = capture.site(head.head.site);
        table.rows.labels.push_back({fmt::format("L{}.H{}", site.layer, head.head.head.head), site.key(),
                                     head.sinkKey ? std::to_string(*head.sinkKey) : std::string()});
        for (const int column : columns)
            table.values.push_back(m_model->value(source, column));
    }
    if (columns.empty())
        return std::nullopt;
    return table;
}

} // namespace heedmap
