#pragma once

#include "core/analysis/stacked_map.h"
#include "core/analysis/svd_modes.h"
#include "core/base/error.h"
#include "widgets/context/selection_model.h"

#include <QObject>

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace heedmap {

/// Which maps of the shown capture are taken apart, and how.
struct ModesRequest
{
    std::vector<MapChoice> parts;
    bool separately = false; ///< every part for itself; otherwise stacked into one map
    Centring centring = Centring::None;
    bool withoutSpecial = false;
    std::int64_t count = 8; ///< modes with vectors; of large maps fewer (mostTriplets)
    bool operator==(const ModesRequest&) const = default;
};

/// A map and its modes.
struct MapModes
{
    StackedMap map; ///< without its values
    SvdModes modes;
};
/// One, or one for each part of a request that asks for them separately.
using ModesResult = std::vector<MapModes>;

/// Reads and takes apart; thread-safe. Errors: as readStackedMap and svdModes.
ModesResult computeModes(const Capture& capture, const ModesRequest& request, const GoOn& goOn = {});
/// Multiplications this takes, about.
double costOfModes(const Capture& capture, const ModesRequest& request);
/// Bytes its result keeps.
double sizeOfModes(const Capture& capture, const ModesRequest& request);

/// Computes modes for a view: what is cheap at once, what is dear on a worker, the newest request only. Keeps the last
/// results until the capture changes. Lives in the GUI thread.
class ModeProvider : public QObject
{
    Q_OBJECT

public:
    explicit ModeProvider(SelectionModel& selection, QObject* parent = nullptr);
    ~ModeProvider() override;

    /// The result, or null: being computed (arrived() says when it is there), cancelled or failed.
    std::shared_ptr<const ModesResult> modes(const ModesRequest& request);
    /// The result if it is there, of the capture modes() was last called for; computes nothing.
    std::shared_ptr<const ModesResult> known(const ModesRequest& request) const;

    bool isWorking() const { return m_work != nullptr; }
    double done() const { return m_work ? m_work->done.load() : 0; } ///< of the work under way, in [0, 1]
    /// Gives up the work under way; modes() does not begin it anew until retry().
    void cancel();
    /// Work for anything but these stops: nobody waits for it any more.
    void dropAllBut(std::span<const ModesRequest> wanted);
    void retry();
    bool isCancelled() const { return m_stopped && m_failure.isEmpty(); }
    const QString& failure() const { return m_failure; } ///< why the last request has no result; a sentence

    /// Multiplications done at once; about ten milliseconds. Tests set 0 to take the other path.
    void setImmediateCost(double cost) { m_immediateCost = cost; }

signals:
    void arrived(); ///< a result, a failure or a cancellation

private:
    struct Work
    {
        ModesRequest request;
        std::atomic<bool> isUnwanted = false;
        std::atomic<double> done = 0;
    };
    void forget();
    void drop();
    void begin(const ModesRequest& request);
    void keep(const ModesRequest& request, ModesResult result);
    void fail(const ModesRequest& request, const Error& error);

    SelectionModel& m_selection;
    std::shared_ptr<const Capture> m_capture; ///< that the results are of
    double m_immediateCost = 5e6;
    std::deque<std::pair<ModesRequest, std::shared_ptr<const ModesResult>>> m_results; ///< newest first
    std::shared_ptr<Work> m_work;
    std::optional<ModesRequest> m_stopped; ///< failed or cancelled
    QString m_failure;
};

} // namespace heedmap
