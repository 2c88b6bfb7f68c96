#pragma once

#include "core/render/heat.h"
#include "widgets/context/group_rows.h"

#include <QAbstractTableModel>
#include <QImage>
#include <QStyledItemDelegate>

#include <memory>
#include <optional>
#include <vector>

namespace heedmap {

/// Layers down, heads across, the mean over heads in the last column. Cells carry a small picture of the head's row,
/// painted with one shared style, so that heads can be compared.
class HeadGridModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    /// The cells there are; pictures come with setRows.
    void setGroup(std::shared_ptr<const Capture> capture, const std::optional<GroupChoice>& group);
    /// The rows to paint; null: empty cells. `perMapLimits`: every cell has its own limits.
    void setRows(std::shared_ptr<const GroupRows> rows, const HeatStyle& style, bool perMapLimits);

    struct Cell
    {
        std::size_t site = 0;
        HeadChoice head;
    };
    std::optional<Cell> cellAt(const QModelIndex& index) const;
    QModelIndex indexOf(std::size_t site, HeadChoice head) const;
    /// Width divided by height of a cell's picture.
    double cellShape() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    int headColumns() const;
    QImage thumbnail(const Cell& cell) const;
    QString description(const Cell& cell) const;

    std::shared_ptr<const Capture> m_capture;
    std::optional<GroupChoice> m_group;
    std::shared_ptr<const GroupRows> m_rows;
    HeatStyle m_style;
    bool m_perMapLimits = false;
};

/// Paints a cell: the picture fills it, the chosen one has a frame.
class HeadGridDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace heedmap
