#pragma once

#include "core/analysis/head_statistics.h"
#include "core/render/heat.h"
#include "widgets/context/group_rows.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QImage>

#include <memory>
#include <optional>
#include <vector>

namespace heedmap {

/// In which order the grid shows heads.
struct HeadGridOrder
{
    const HeadStatistic* statistic = nullptr; ///< null: layers down, heads across, the mean over heads last
    bool lowestFirst = false;
    int columns = 1; ///< of ranked heads
    bool operator==(const HeadGridOrder&) const = default;
};

/// The heads of a group, by layer or ranked by a statistic of their rows. Cells carry a small picture of the head's
/// row, painted when it is first asked for, with one shared style, so that heads can be compared.
class HeadGridModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    using Cell = SiteHead;
    enum Role
    {
        NameRole = Qt::UserRole, ///< "L2·H0" of a ranked cell; empty where the headers say it
        ValueRole,               ///< the statistic a cell is ranked by
        PendingRole              ///< the picture belongs to another token; the rows of this one are on their way
    };
    using QAbstractTableModel::QAbstractTableModel;

    /// The cells there are; pictures come with setRows.
    void setGroup(std::shared_ptr<const Capture> capture, const std::optional<GroupChoice>& group);
    /// The rows to paint; null: empty cells. `perMapLimits`: every cell has its own limits.
    void setRows(std::shared_ptr<const GroupRows> rows, const HeatStyle& style, bool perMapLimits);
    /// The rows asked for are still being read: what is shown stays, and says so.
    void setPending();
    void setOrder(const HeadGridOrder& order);
    const HeadGridOrder& order() const { return m_order; }
    bool isRanked() const { return m_order.statistic != nullptr; }

    std::optional<Cell> cellAt(const QModelIndex& index) const;
    QModelIndex indexOf(std::size_t site, HeadChoice head) const;
    /// Width divided by height of a cell's picture.
    double cellShape() const;
    /// What a cell says, for a line of text: its name, the value it is ranked by, and what is strongest in it.
    QString description(const Cell& cell) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct RankedCell
    {
        std::optional<Cell> cell; ///< absent: a layer with fewer heads than another
        double value = 0;
    };
    int headColumns() const;
    void arrange();
    std::vector<RankedCell> cellsByLayer() const;
    std::vector<RankedCell> rankedCells() const;
    std::optional<double> valueOf(const Cell& cell) const;
    QString rankText(const Cell& cell) const;
    QImage thumbnail(const Cell& cell) const;
    QImage paintedThumbnail(const Cell& cell) const;

    std::shared_ptr<const Capture> m_capture;
    std::optional<GroupChoice> m_group;
    std::shared_ptr<const GroupRows> m_rows;
    std::optional<KeyRoles> m_keys;
    HeatStyle m_style;
    bool m_perMapLimits = false;
    bool m_pending = false;
    HeadGridOrder m_order;
    std::vector<RankedCell> m_cells; ///< row-major
    int m_columns = 0;
    mutable QHash<qint64, QImage> m_thumbnails; ///< of m_rows in m_style
};

} // namespace heedmap
