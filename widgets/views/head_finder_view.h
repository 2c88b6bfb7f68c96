#pragma once

#include "widgets/context/statistics_model.h"
#include "widgets/controls/group_combo.h"
#include "widgets/image/statistic_map_painter.h"
#include "widgets/views/view.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QToolButton>

#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace heedmap {

class HeadSetBar;
class HeadSetButton;
class StatisticMap;
class StatisticsProxyModel;
class StatisticsStrip;
class StatisticsTableModel;

/// Which head is worth looking at: statistics of all heads of the shown group over many queries, one of them as a layer
/// × head map, all of them as a table to sort and filter. Choosing heads here chooses them everywhere; several become a
/// set that can be named.
class HeadFinderView : public View
{
    Q_OBJECT

public:
    explicit HeadFinderView(ViewContext& context, QWidget* parent = nullptr);

    QComboBox& groups() { return *m_groups; }
    QComboBox& queries() { return *m_queries; }
    QComboBox& statistics() { return *m_statistics; } ///< the one the map shows
    QLineEdit& filter() { return *m_filter; }
    QToolButton& columnsButton() { return *m_columns; }
    StatisticMap& map() { return *m_map; }
    QTableView& table() { return *m_table; }
    StatisticsStrip& strip() { return *m_strip; }
    HeadSetBar& setBar() { return *m_setBar; }

    std::optional<Figure> figure() override;
    std::optional<NumberTable> numbers() override;

protected:
    void captureChanged() override;
    void selectionChanged() override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override; ///< nobody looks: reading stops

private:
    void buildControls();
    void buildTable();
    void arrange();
    void fillQueries(const ShownMap& shown);
    void fillStatistics();
    void fillColumnsMenu();
    void showColumns();
    std::optional<StatisticsWish> wish() const;
    void showResult();
    void showMap();
    void showRemark();
    void applyFilter();
    void sortBy(const QString& id);
    std::vector<SiteHead> shownHeads() const; ///< chosen now, as the selection says
    void showChosenRows();
    void chooseRows();
    void choose(std::vector<SiteHead> heads);
    std::vector<int> shownColumns() const; ///< of the model, as the table shows them
    QStringList captionLines() const;

    StatisticsTableModel* m_model;
    StatisticsProxyModel* m_proxy;
    GroupCombo* m_groups;
    QComboBox* m_queries;
    QComboBox* m_statistics;
    QLineEdit* m_filter;
    QToolButton* m_columns;
    HeadSetButton* m_savedSets;
    StatisticMap* m_map;
    QTableView* m_table;
    StatisticsStrip* m_strip;
    HeadSetBar* m_setBar;
    /// What was shown last: hovering changes none of it.
    struct Followed
    {
        std::shared_ptr<const Capture> capture;
        Selection selection;
        QString colorMap;
        bool operator==(const Followed&) const = default;
    };
    std::optional<Followed> m_followed;
    std::string m_queriesOf;                ///< axis the list of queries was filled for
    QString m_filterFault;                  ///< why the text is no filter; empty when it is one
    std::set<std::string> m_toggledColumns; ///< ids of statistics shown or hidden other than at first
    std::vector<std::string> m_listed;      ///< ids the statistic list was filled with
    bool m_showing = false;                 ///< rows are being selected to follow the selection, not by the user
};

} // namespace heedmap
