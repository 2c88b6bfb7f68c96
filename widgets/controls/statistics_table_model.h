#pragma once

#include "core/analysis/head_filter.h"
#include "core/analysis/map_statistics.h"

#include <fmt/format.h>
#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <memory>
#include <optional>

namespace heedmap {

/// Heads down, statistics across: column 0 names the head, the last one the key that is its strongest sink.
class StatisticsTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    /// Null: nothing. A result of the same columns that has grown only adds lines.
    void setStatistics(std::shared_ptr<const Capture> capture, std::shared_ptr<const MapStatisticsResult> statistics);
    const std::shared_ptr<const MapStatisticsResult>& statistics() const { return m_statistics; }

    const HeadSummary& head(int row) const { return m_statistics->heads[static_cast<std::size_t>(row)]; }
    int rowOf(const SiteHead& head) const; ///< −1 when it is not there
    /// The statistic of a column; null for the first and the last.
    const MapStatistic* statistic(int column) const;
    /// NaN for columns that are no numbers.
    double value(int row, int column) const;
    /// What a filter's words are looked for in: "L3.H1 L3 · H1".
    std::string filterLabel(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(int row, int column) const;

    std::shared_ptr<const Capture> m_capture;
    std::shared_ptr<const MapStatisticsResult> m_statistics;
};

/// Sorted by number, heads that say nothing last either way; only the heads a filter accepts.
class StatisticsProxyModel : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit StatisticsProxyModel(StatisticsTableModel& model, QObject* parent = nullptr);

    void setHeadFilter(HeadFilter filter);

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    StatisticsTableModel& m_model;
    HeadFilter m_filter;
};

} // namespace heedmap
