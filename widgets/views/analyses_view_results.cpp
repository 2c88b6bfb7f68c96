// How the view of analyses shows a result, and what it hands out.

#include "widgets/context/map_labels.h"
#include "widgets/controls/bar_list.h"
#include "widgets/controls/color_bar.h"
#include "widgets/controls/layer_flow_canvas.h"
#include "widgets/controls/stage_canvas.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/analyses_view.h"

#include <utility>

namespace heedmap {

namespace {

constexpr std::size_t kMostBars = 512;

} // namespace

/// The patch beside the one in question, or the middle of the picture.
void AnalysesView::step(int columns, int rows)
{
    const QSizeF size = m_canvas->scene().pictureSize;
    if (!m_result || size.isEmpty())
        return;
    const TokenAxis& keys = m_resultOf->capture->manifest().axis(m_result->keyAxis);
    QPointF place(size.width() / 2, size.height() / 2);
    if (const auto key = shownKey(*m_result))
        if (const auto rect = patchRect(keys, *key))
            place = rectFromRectF(*rect).center() + QPointF(columns * rect->width, rows * rect->height);
    if (const auto key = keyAt(place))
        pointAt(key);
}

QString AnalysesView::readout(const ShownAnalysis& shown, std::span<const float> row, const ValueScale& scale) const
{
    QString text = analysisCaption(shown, scale)[1];
    if (const auto key = shownKey(*m_result)) {
        const TokenAxis& keys = shown.capture->manifest().axis(m_result->keyAxis);
        text = tr("%1: %2").arg(positionLabel(keys, *key), valueText(scale, row[static_cast<std::size_t>(*key)]));
    }
    return m_result->notes.empty() ? text : text + u'\n' + QString::fromStdString(m_result->notes.front());
}

void AnalysesView::showPicture(const ShownAnalysis& shown)
{
    const TokenAxis& keys = shown.capture->manifest().axis(m_result->keyAxis);
    const std::span<const float> row = rowOf(*m_result, *shown.row, keys.length);
    const AnalysisColors colors = this->colors();
    const ValueScale scale = scaleOfRow(keys, row, m_result->unit, colors);
    m_canvas->setScene(analysisScene(shown, colors, selection().picture()));
    m_colorBar->setScale(*colors.colors, scale);
    std::vector<QRectF> marks;
    const std::optional<std::int64_t> key = shownKey(*m_result);
    if (key)
        if (const auto rect = patchRect(keys, *key))
            marks.push_back(rectFromRectF(*rect));
    m_canvas->setMarks(marks);
    m_colorBar->setPointer(key ? std::optional<double>(row[static_cast<std::size_t>(*key)]) : std::nullopt);
    m_statement->setText(readout(shown, row, scale));
    m_pages->setCurrentWidget(m_picturePage);
}

void AnalysesView::showBars(const ShownAnalysis& shown)
{
    const TokenAxis& keys = shown.capture->manifest().axis(m_result->keyAxis);
    const std::span<const float> row = rowOf(*m_result, *shown.row, keys.length);
    const AnalysisColors colors = this->colors();
    const ValueScale scale = scaleOfRow(keys, row, m_result->unit, colors);
    m_bars->setBars(namedBars(keys, row, largestPositions(row, kMostBars), scale, *colors.colors));
    const std::optional<std::int64_t> key = shownKey(*m_result);
    m_bars->setMark(key ? std::optional(static_cast<std::size_t>(*key)) : std::nullopt);
    QString statement = readout(shown, row, scale);
    if (row.size() > kMostBars)
        statement += u'\n' + tr("the %1 largest of %2").arg(kMostBars).arg(row.size());
    m_statement->setText(statement);
    m_pages->setCurrentWidget(m_bars);
}

void AnalysesView::showTable(const ShownAnalysis& shown)
{
    m_statement->setText(analysisCaption(shown, {})[0]);
    m_pages->setCurrentWidget(m_table);
    if (std::exchange(m_tableOf, m_result) == m_result)
        return;
    const auto rows = static_cast<int>(m_result->rows.size());
    const auto columns = static_cast<int>(m_result->columns.size());
    m_table->clear();
    m_table->setRowCount(rows);
    m_table->setColumnCount(columns);
    for (int column = 0; column < columns; ++column)
        m_table->setHorizontalHeaderItem(
            column, new QTableWidgetItem(QString::fromStdString(m_result->columns[static_cast<std::size_t>(column)])));
    for (int row = 0; row < rows; ++row) {
        m_table->setVerticalHeaderItem(
            row, new QTableWidgetItem(QString::fromStdString(m_result->rows[static_cast<std::size_t>(row)])));
        for (int column = 0; column < columns; ++column) {
            auto* item = new QTableWidgetItem(
                QString::number(m_result->numbers[static_cast<std::size_t>(row * columns + column)], 'g', 4));
            item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            m_table->setItem(row, column, item);
        }
    }
    m_table->resizeColumnsToContents();
    m_table->resizeRowsToContents();
}

void AnalysesView::showSeries(const ShownAnalysis& shown)
{
    m_flow->setScene(seriesScene(shown));
    m_pages->setCurrentWidget(m_flow);
    pointAtLayer(std::nullopt);
}

void AnalysesView::pointAtLayer(const std::optional<LayerFlowPlace>& place)
{
    const std::optional<ShownAnalysis> now = shown();
    if (!now || m_result->shape != ResultShape::Series)
        return;
    m_statement->setText(place ? flowPlaceText(m_flow->scene(), *place)
                               : analysisCaption(*now, {}).mid(1, 2).join(u'\n'));
}

std::optional<Figure> AnalysesView::figure()
{
    const std::optional<ShownAnalysis> now = shown();
    const bool isEmpty = !now || (m_result->shape == ResultShape::Map && !now->row);
    return isEmpty ? std::nullopt : std::optional(figureOfAnalysis(*now, colors(), selection().picture()));
}

std::optional<NumberTable> AnalysesView::numbers()
{
    const std::optional<ShownAnalysis> now = shown();
    const bool isEmpty = !now || (m_result->shape == ResultShape::Map && !now->row);
    return isEmpty ? std::nullopt : std::optional(tableOfAnalysis(*now));
}

} // namespace heedmap
