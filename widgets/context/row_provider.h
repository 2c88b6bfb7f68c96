#pragma once

#include "core/base/error.h"
#include "widgets/context/group_rows.h"
#include "widgets/context/selection_model.h"

#include <QObject>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace heedmap {

/// Reads attention for the views. What is cheap is read at once; what is dear is read on a worker, the newest request
/// only, and arrived() says when it is there. Lives in the GUI thread; the only place of the widgets where reading
/// fails.
class RowProvider : public QObject
{
    Q_OBJECT

public:
    explicit RowProvider(SelectionModel& selection, QObject* parent = nullptr);

    /// All heads of the shown group for the shown query, or null: not asked for, not there yet, or not readable.
    std::shared_ptr<const GroupRows> shownGroup();
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
    using Task = std::function<std::function<void()>()>; ///< worker part, returning the GUI part

    void forget();
    void later(Task task);
    void startWaiting();
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
    std::optional<RowsRequest> m_askedGroup;
    std::optional<ColumnKey> m_askedColumn;
    Task m_waiting;
    bool m_working = false;
    bool m_failed = false;
};

} // namespace heedmap
