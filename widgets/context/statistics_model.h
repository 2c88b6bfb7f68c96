#pragma once

#include "core/analysis/map_statistics.h"
#include "core/base/error.h"
#include "widgets/context/selection_model.h"

#include <QObject>
#include <QTimer>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace heedmap {

/// Statistics of all heads of a group or composition of the capture in sight.
struct StatisticsWish
{
    std::string group;
    std::optional<SiteHead> first;       ///< of composed maps
    std::string queries = "ordinary";    ///< AxisPart::id, as querySetsOf
    std::optional<std::int64_t> query{}; ///< this row alone, whatever `queries` says
    bool operator==(const StatisticsWish&) const = default;
};

enum class StatisticsState
{
    Unknown, ///< nobody wished for it
    Waiting, ///< another one is being read first
    Working,
    Stopped, ///< by stop(): what was read stays
    Complete,
    Failed
};

/// Reads statistics for the views, in memory as long as their capture is: what is cheap at once, what is dear on a
/// worker, layer by layer, one wish after another. What no view wishes for any more is stopped. Lives in the GUI
/// thread.
class StatisticsModel : public QObject
{
    Q_OBJECT

public:
    explicit StatisticsModel(SelectionModel& selection, QObject* parent = nullptr);
    ~StatisticsModel() override;

    /// What one view wants to show now, the most urgent first; none: it is hidden. Wishes that the capture cannot
    /// fulfil (no such group or queries) stay Unknown.
    void wish(const QObject* view, const std::vector<StatisticsWish>& wishes);
    /// As far as it was read: null before anything is known. Of a composed or sampled one too.
    std::shared_ptr<const MapStatisticsResult> result(const StatisticsWish& wish) const;
    StatisticsState state(const StatisticsWish& wish) const;
    QString failure(const StatisticsWish& wish) const; ///< a sentence for the user, when it failed

    void stop(const StatisticsWish& wish);
    void resume(const StatisticsWish& wish); ///< from the beginning

    /// Multiplications done at once; about twenty milliseconds. Tests set 0 to take the other path.
    void setImmediateCost(double cost) { m_immediateCost = cost; }

signals:
    void changed(); ///< another layer is there, or a state changed

private:
    struct Entry
    {
        std::weak_ptr<const Capture> capture;
        StatisticsWish wish;
        StatisticsState state = StatisticsState::Waiting;
        std::shared_ptr<const MapStatisticsResult> result;
        QString failure;
    };
    /// Filled by the worker, emptied in the GUI thread.
    struct Delivery
    {
        std::mutex mutex;
        std::vector<HeadSummary> heads;
    };

    Entry* find(const StatisticsWish& wish);
    const Entry* find(const StatisticsWish& wish) const;
    std::optional<MapStatisticsRequest> requestFor(const StatisticsWish& wish) const;
    bool isWished(const StatisticsWish& wish) const;
    void ensure(const StatisticsWish& wish);
    void readAtOnce(Entry& entry, const MapStatisticsRequest& request);
    void startNext();
    void start(Entry& entry);
    void collect();
    void finish(const StatisticsWish& wish, const std::weak_ptr<const Capture>& capture, StatisticsState state,
                const QString& failure);
    void stopUnwished();
    void forgetOld();

    SelectionModel& m_selection;
    double m_immediateCost = 2e7;
    std::map<const QObject*, std::vector<StatisticsWish>> m_wishes;
    std::deque<std::shared_ptr<Entry>> m_entries; ///< newest first
    std::shared_ptr<Entry> m_running;
    std::shared_ptr<Delivery> m_delivery;
    std::stop_source m_stop;
    QTimer m_collecting;
};

} // namespace heedmap
