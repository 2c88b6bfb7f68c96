#pragma once

#include "core/analysis/alignment_search.h"
#include "core/capture/map_choice.h"

#include <QObject>
#include <QString>

#include <atomic>
#include <memory>
#include <optional>
#include <stop_token>

namespace heedmap {

/// The transcript a map is of, or else the first one of the capture; null when it has none.
const CaptureOutput* transcriptOf(const Capture& capture, std::size_t site);
/// The heads the checkpoint names, in the pass of that transcript; absent when it names none or they are not held.
std::optional<HeadSet> checkpointAlignment(const Capture& capture, std::size_t site);

/// Searches the heads that tell time, on a worker, one search at a time. Lives in the GUI thread.
class AlignmentProposer : public QObject
{
    Q_OBJECT

public:
    explicit AlignmentProposer(QObject* parent = nullptr);
    ~AlignmentProposer() override;

    /// Why there is nothing to search; empty when there is.
    static QString obstacle(const Capture& capture);
    /// Searches in all windows of the capture, for a set in the pass of the transcript of `site`. Stops what runs.
    void start(const std::shared_ptr<const Capture>& capture, std::size_t site);
    void stop();
    bool isRunning() const { return m_running; }
    double share() const { return m_share ? m_share->load() : 0; } ///< done, in [0, 1]

signals:
    void changed(); ///< progress, or running or not
    void proposed(const heedmap::HeadSet& heads);
    void failed(const QString& message); ///< a sentence

private:
    void timerEvent(QTimerEvent* event) override;

    bool m_running = false;
    int m_run = 0; ///< counts; results of older ones are dropped
    int m_timer = 0;
    std::stop_source m_stop;
    std::shared_ptr<std::atomic<double>> m_share;
};

} // namespace heedmap
