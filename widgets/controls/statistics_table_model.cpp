#include "widgets/controls/statistics_table_model.h"

#include "widgets/context/map_labels.h"
#include "widgets/image/statistic_map_painter.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heedmap {

namespace {

bool haveSameColumns(const MapStatisticsResult& a, const MapStatisticsResult& b)
{
    return std::ranges::equal(a.columns, b.columns, {}, &MapStatistic::id, &MapStatistic::id);
}

/// Whether `longer` begins with the heads of `shorter`, unchanged.
bool hasGrown(const MapStatisticsResult& shorter, const MapStatisticsResult& longer)
{
    return haveSameColumns(shorter, longer) && shorter.queries == longer.queries && !shorter.isComplete() &&
           shorter.heads.size() <= longer.heads.size();
}

} // namespace

void StatisticsTableModel::setStatistics(std::shared_ptr<const Capture> capture,
                                         std::shared_ptr<const MapStatisticsResult> statistics)
{
    if (statistics == m_statistics)
        return;
    if (m_statistics && statistics && capture == m_capture && hasGrown(*m_statistics, *statistics)) {
        const auto before = static_cast<int>(m_statistics->heads.size());
        const auto after = static_cast<int>(statistics->heads.size());
        if (after > before)
            beginInsertRows({}, before, after - 1);
        m_statistics = std::move(statistics);
        if (after > before)
            endInsertRows();
        return;
    }
    beginResetModel();
    m_capture = std::move(capture);
    m_statistics = std::move(statistics);
    endResetModel();
}

int StatisticsTableModel::rowOf(const SiteHead& head) const
{
    if (!m_statistics)
        return -1;
    const auto found = std::ranges::find(m_statistics->heads, head, &HeadSummary::head);
    return found == m_statistics->heads.end() ? -1 : static_cast<int>(found - m_statistics->heads.begin());
}

const MapStatistic* StatisticsTableModel::statistic(int column) const
{
    const bool isNumber = m_statistics && column > 0 && column <= static_cast<int>(m_statistics->columns.size());
    return isNumber ? &m_statistics->columns[static_cast<std::size_t>(column - 1)] : nullptr;
}

double StatisticsTableModel::value(int row, int column) const
{
    return statistic(column) ? head(row).values[static_cast<std::size_t>(column - 1)]
                             : std::numeric_limits<double>::quiet_NaN();
}

std::string StatisticsTableModel::filterLabel(int row) const
{
    const SiteHead& one = head(row).head;
    return fmt::format("L{}.H{} {}", m_capture->site(one.site).layer, one.head.head,
                       headLabel(*m_capture, one.site, one.head));
}

int StatisticsTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_statistics ? 0 : static_cast<int>(m_statistics->heads.size());
}

int StatisticsTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_statistics ? 0 : static_cast<int>(m_statistics->columns.size()) + 2;
}

QString StatisticsTableModel::text(int row, int column) const
{
    const HeadSummary& summary = head(row);
    if (column == 0)
        return QString::fromStdString(headLabel(*m_capture, summary.head.site, summary.head.head));
    if (statistic(column))
        return statisticText(value(row, column));
    return summary.sinkKey ? positionLabel(m_capture->keyAxis(summary.head.site), *summary.sinkKey) : QString();
}

QVariant StatisticsTableModel::data(const QModelIndex& index, int role) const
{
    switch (role) {
    case Qt::DisplayRole:
        return text(index.row(), index.column());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(statistic(index.column()) ? Qt::AlignRight | Qt::AlignVCenter
                                                                           : Qt::AlignLeft | Qt::AlignVCenter));
    case Qt::ToolTipRole:
        if (const MapStatistic* shown = statistic(index.column()))
            return QStringLiteral("%1 %2")
                .arg(value(index.row(), index.column()), 0, 'g', 9)
                .arg(QString::fromStdString(shown->unit));
        return {};
    default:
        return {};
    }
}

QVariant StatisticsTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    const MapStatistic* shown = statistic(section);
    if (role == Qt::DisplayRole)
        return shown ? QString::fromStdString(shown->id) : section == 0 ? tr("head") : tr("sink key");
    if (role == Qt::ToolTipRole && shown)
        return tr("%1, %2\n%3\nSource: %4")
            .arg(QString::fromStdString(shown->title), QString::fromStdString(shown->unit),
                 QString::fromStdString(shown->formula), QString::fromStdString(shown->source));
    if (role == Qt::ToolTipRole && section > 0)
        return tr("The key that takes the most weight on average over the queries");
    return {};
}

StatisticsProxyModel::StatisticsProxyModel(StatisticsTableModel& model, QObject* parent)
    : QSortFilterProxyModel(parent), m_model(model)
{
    setSourceModel(&model);
}

void StatisticsProxyModel::setHeadFilter(HeadFilter filter)
{
    m_filter = std::move(filter);
    invalidateFilter();
}

bool StatisticsProxyModel::filterAcceptsRow(int row, const QModelIndex&) const
{
    return m_filter.isEmpty() || m_filter.accepts(m_model.filterLabel(row), m_model.head(row));
}

bool StatisticsProxyModel::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    if (m_model.statistic(left.column())) {
        const double a = m_model.value(left.row(), left.column());
        const double b = m_model.value(right.row(), right.column());
        if (std::isnan(a) || std::isnan(b)) // last in either order
            return (sortOrder() == Qt::AscendingOrder) == std::isnan(b) && std::isnan(a) != std::isnan(b);
        return a < b; // sorting is stable: equal ones stay in layer order
    }
    if (left.column() == 0)
        return left.row() < right.row();
    return QSortFilterProxyModel::lessThan(left, right);
}

} // namespace heedmap
