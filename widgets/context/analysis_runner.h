#pragma once

#include "core/analysis/analysis_registry.h"
#include "core/base/error.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>

namespace heedmap {

/// What is computed, of which capture.
struct AnalysisRequest
{
    std::shared_ptr<const Capture> capture;
    AnalysisScope scope;
    AnalysisSettings settings;
    bool operator==(const AnalysisRequest&) const = default;
};

/// Computes analyses for a view: what is cheap at once, the rest on a worker, one at a time; a newer request stops an
/// older one. Keeps the latest results. Lives in the GUI thread.
class AnalysisRunner : public QObject
{
    Q_OBJECT

public:
    explicit AnalysisRunner(QObject* parent = nullptr);
    ~AnalysisRunner() override;

    /// The result, computed now or before; null while a worker is at it, and after cancel() and failures until
    /// start().
    std::shared_ptr<const AnalysisResult> result(const AnalysisRequest& request);
    /// Computes it although it was stopped or failed before.
    void start(const AnalysisRequest& request);
    /// Stops the worker, and the request stays stopped.
    void cancel();
    /// Stops the worker without a trace: the next result() begins anew.
    void pause();

    bool isRunning() const { return m_running.has_value(); }
    bool isSlow() const; ///< it has run for so long that people want to see progress
    double progress() const { return m_share ? m_share->load() : 0; } ///< [0, 1]
    /// Why the latest request has no result: stopped, or an error's sentence; empty when it has or may have one.
    QString failure() const;

    /// Multiplications done at once; about ten milliseconds. Tests set 0 to take the other path.
    void setImmediateCost(double cost) { m_immediateCost = cost; }

signals:
    void changed(); ///< a result, a failure, or progress

private:
    void begin(const AnalysisRequest& request);
    void runAtOnce(const AnalysisRequest& request);
    void runOnWorker(const AnalysisRequest& request);
    void keep(const AnalysisRequest& request, AnalysisResult result);
    void fail(const AnalysisRequest& request, const QString& sentence);
    std::shared_ptr<const AnalysisResult> kept(const AnalysisRequest& request) const;

    struct Kept
    {
        AnalysisRequest request;
        std::shared_ptr<const AnalysisResult> result;
    };
    double m_immediateCost = 2e7;
    std::deque<Kept> m_results; ///< newest first
    std::optional<AnalysisRequest> m_running;
    std::optional<AnalysisRequest> m_asked;  ///< the latest
    std::optional<AnalysisRequest> m_failed; ///< stays so until start()
    QString m_failure;                       ///< why
    std::stop_source m_stop;
    std::shared_ptr<std::atomic<double>> m_share; ///< written by the worker
    QTimer m_ticks;
    int m_tickCount = 0;
};

} // namespace heedmap
