#pragma once

#include "core/analysis/map_strip.h"
#include "core/base/error.h"
#include "core/capture/capture.h"

#include <QObject>
#include <QTimer>

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace heedmap {

/// Which map strips are read of.
struct StripsKey
{
    std::shared_ptr<const Capture> capture;
    MapChoice map;
    bool withoutSpecial = false;
    bool operator==(const StripsKey&) const = default;
};

/// Reads strips of large maps on a worker, those that are wanted now and no others: one at a time, from the top, given
/// up when another window is wanted, and begun a moment after the first was wanted (a layout settles, a wheel turns).
/// What was read is kept while there is room. Small maps are read at once. Lives in the GUI thread.
class StripProvider : public QObject
{
    Q_OBJECT

public:
    explicit StripProvider(QObject* parent = nullptr);
    ~StripProvider() override;

    /// Absent: no map. Goes on with what is kept of it.
    void setMap(const std::optional<StripsKey>& key);
    /// Wants strips [first, last] of this cell size from now on, and lets go of all others that are not read yet. None
    /// wanted (last < first): nothing is read.
    void want(const CellSize& cell, std::int64_t first, std::int64_t last);
    /// Null: not read yet.
    std::shared_ptr<const MapStrip> strip(const CellSize& cell, std::int64_t band) const;
    /// What is known of the map in larger cells than these, coarsest first: to be shown until the strips are there.
    std::vector<std::shared_ptr<const MapStrip>> coarser(const CellSize& cell) const;
    /// Rows to take limits from; null: not read yet.
    const SampledRows* sample() const;

    std::int64_t wantedCount() const { return m_last - m_first + 1; }
    std::int64_t readCount() const; ///< of the wanted ones
    bool isReading() const { return m_running || m_settling.isActive(); }
    bool isStopped() const { return m_stopped; }
    /// Stops reading until it is called with false.
    void setStopped(bool stopped);

    /// Multiplications done at once; tests set 0 to take the other path.
    void setImmediateCost(double cost) { m_immediateCost = cost; }

signals:
    void arrived(); ///< a strip or the sample, or reading ended
    void failed(const QString& message);

private:
    using StripKey = std::pair<CellSize, std::int64_t>;
    struct Known
    {
        StripsKey key;
        std::map<StripKey, std::shared_ptr<const MapStrip>> strips;
        std::optional<SampledRows> sample;
    };

    bool readAtOnce();
    void readNext();
    void readSample();
    void readStrip(std::int64_t band);
    std::optional<std::int64_t> nextBand() const;
    void keep(Known& known, std::shared_ptr<const MapStrip> strip);
    void makeRoom();
    void giveUp();
    void failedOf(const Known& map, const Error& error);
    void ended();

    std::deque<std::shared_ptr<Known>> m_known; ///< newest first
    std::shared_ptr<Known> m_current;           ///< null: no map
    CellSize m_cell;
    std::int64_t m_first = 0;
    std::int64_t m_last = -1;
    double m_immediateCost = 5e6;
    bool m_running = false;
    bool m_stopped = false;
    std::optional<StripKey> m_runningStrip;
    std::shared_ptr<std::atomic<bool>> m_isStale;
    QTimer m_settling;
};

} // namespace heedmap
