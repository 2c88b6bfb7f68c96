#pragma once

#include "widgets/controls/head_ranking.h"
#include "widgets/controls/head_thumbnails.h"

#include <QAbstractTableModel>
#include <QTimer>

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
/// row, painted for those that are looked at (head_thumbnails.h), with one shared style, so that heads can be compared.
class HeadGridModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    using Cell = SiteHead;
    enum Role
    {
        NameRole = Qt::UserRole, ///< "L2·H0" of a ranked cell; empty where the headers say it
        ValueRole,               ///< the statistic a cell is ranked by
        PendingRole,             ///< the picture belongs to another token; that of this one is on its way
        DimmedRole,              ///< it has been so for longer than an eye would miss
        FullPictureRole          ///< the picture with every patch, painted at once: for figures
    };
    explicit HeadGridModel(QObject* parent = nullptr);

    /// The cells there are; pictures come with setRows.
    void setGroup(std::shared_ptr<const Capture> capture, const std::optional<GroupChoice>& group);
    /// The rows to paint, all or those that are there yet; null: empty cells. `perMapLimits`: every cell has its own
    /// limits.
    void setRows(std::shared_ptr<const GroupRows> rows, const HeatStyle& style, bool perMapLimits);
    /// The rows asked for are still being read: what is shown stays, and says so.
    void setPending();
    /// In device pixels: pictures are painted no larger.
    void setPictureSize(QSize pixels);
    /// Whether every picture that is looked at, and every value, is that of the newest rows.
    bool isUpToDate() const;
    /// Keys looked at without leaving the GUI thread. Tests set 0.
    void setKeysAtOnce(std::int64_t keys);
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

signals:
    /// Values worked out on a worker have put the heads in another order: whoever remembers places looks anew.
    void rearranged();

private:
    struct RankedCell
    {
        std::optional<Cell> cell;    ///< absent: a layer with fewer heads than another
        std::optional<double> value; ///< of the statistic the cells are ranked by; absent by layer
    };
    int headColumns() const;
    void arrange();
    std::vector<RankedCell> cellsByLayer() const;
    std::vector<RankedCell> rankedCells() const;
    const RankedCell* placeAt(const QModelIndex& index) const;
    void paintAnew();
    void beginWaiting();
    bool isAwaited(const Cell& cell) const;
    void announceAll();
    static QString rankText(const RankedCell& cell);
    QString cellName(const Cell& cell) const;

    std::shared_ptr<const Capture> m_capture;
    std::optional<GroupChoice> m_group;
    std::shared_ptr<const GroupRows> m_rows;
    std::shared_ptr<const KeyRoles> m_keys;
    HeatStyle m_style;
    bool m_perMapLimits = false;
    bool m_pending = false;
    QSize m_pictureSize;
    QTimer m_patience;      ///< runs for as long as nobody would notice that pictures are of another token
    bool m_waiting = false; ///< some are, since m_patience was started
    HeadGridOrder m_order;
    std::vector<RankedCell> m_cells; ///< row-major
    int m_columns = 0;
    HeadThumbnails* m_thumbnails;
    HeadRanking* m_ranking;
};

} // namespace heedmap
