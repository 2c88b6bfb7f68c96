#pragma once

#include "core/base/error.h"
#include "widgets/context/group_rows.h"
#include "widgets/context/selection_model.h"

#include <QObject>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace heedmap {

/// Reads attention for the views. What is cheap is read at once; what is dear is read on a worker, the newest request
/// only (an older group of rows stops, an older column is read to its end), and arrived() says when it is there. Lives
/// in the GUI thread; the only place of the widgets where reading fails.
class RowProvider : public QObject
{
    Q_OBJECT

public:
    explicit RowProvider(SelectionModel& selection, QObject* parent = nullptr);

    /// All heads of the shown group for the shown query, or null: not asked for, not there yet, or not readable.
    std::shared_ptr<const GroupRows> shownGroup();
    /// The heads of the shown group that have been read so far, with the sample of their weights, while reading the
    /// others takes longer than a few frames; else null.
    std::shared_ptr<const GroupRows> arrivingGroup() const;
    /// The row of the shown map: [keys]; empty like shownGroup().
    std::vector<float> shownRow();
    /// The row of a map for a query, cheap by the format's promise. Empty when it cannot be read, and for a dear set of
    /// heads until the rows of the shown group are there.
    std::vector<float> row(const MapChoice& map, std::int64_t query);
    /// The same as it was recorded, whatever setWithoutSpecial says.
    std::vector<float> recordedRow(const MapChoice& map, std::int64_t query);
    /// How much every query of the shown map looks at `key`: [queries]; empty like shownGroup().
    std::vector<float> column(const MapChoice& map, std::int64_t key);
    /// Whole map [queries, keys] when it has at most `maxWeights` entries; for maps without a picture.
    std::vector<float> wholeMap(const MapChoice& map, std::int64_t maxWeights);

    /// From now on rows, columns and maps are renormalised over the keys that are no special tokens
    /// (core/capture/without_special.h). A row with nothing left is all zeros.
    void setWithoutSpecial(bool on);

    /// Multiplications done at once; about ten milliseconds. Tests set 0 to take the other path.
    void setImmediateCost(double cost) { m_immediateCost = cost; }

signals:
    void arrived();
    /// More of the rows being read are there: see arrivingGroup().
    void arriving();
    /// A sentence for the user; sent once per capture.
    void failed(const QString& message);

private:
    struct ColumnKey
    {
        MapChoice map;
        std::int64_t key = 0;
        bool withoutSpecial = false;
        bool operator==(const ColumnKey&) const = default;
    };
    using Task = std::function<std::function<void()>(std::stop_token)>; ///< worker part, returning the GUI part
    /// One thing at a time is read on a worker, and one may wait. Rows and columns are asked for side by side.
    struct Lane
    {
        Task waiting;
        std::stop_source reading;
        bool working = false;
    };

    void forget();
    std::optional<RowsRequest> shownRequest() const;
    std::shared_ptr<const GroupRows> knownGroup(const RowsRequest& request) const;
    void keepGroup(std::shared_ptr<const GroupRows> rows);
    void askForGroup(const GroupChoice& group, const RowsRequest& request);
    void later(Lane& lane, Task task);
    void startWaiting(Lane& lane);
    void report(const Error& error);
    template <typename Read>
    auto guarded(Read read) -> decltype(read());

    SelectionModel& m_selection;
    double m_immediateCost = 2e7;
    bool m_withoutSpecial = false;
    std::deque<std::shared_ptr<const GroupRows>> m_groups; ///< newest first
    std::optional<ColumnKey> m_columnKey;
    std::vector<float> m_column;
    std::optional<MapChoice> m_wholeKey;
    std::vector<float> m_whole;
    std::shared_ptr<const GroupRows> m_arriving;
    std::optional<RowsRequest> m_askedGroup;
    std::optional<ColumnKey> m_askedColumn;
    Lane m_groupLane;
    Lane m_columnLane;
    bool m_failed = false;
};

} // namespace heedmap
