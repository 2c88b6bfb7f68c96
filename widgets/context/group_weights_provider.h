#pragma once

#include "core/base/error.h"
#include "widgets/context/group_weights.h"

#include <QObject>
#include <QString>

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

namespace heedmap {

/// Reads the weights of all heads for a view, what is cheap at once, what is dear on a worker; a newer wish stops an
/// older one. Keeps the last results until another capture is wanted. Lives in the GUI thread.
class GroupWeightsProvider : public QObject
{
    Q_OBJECT

public:
    explicit GroupWeightsProvider(QObject* parent = nullptr) : QObject(parent) {}
    ~GroupWeightsProvider() override;

    /// The result; null: being read (arrived() says when it is there), stopped or failed.
    std::shared_ptr<const GroupWeights> weights(const std::shared_ptr<const Capture>& capture,
                                                const GroupWeightsRequest& request);
    /// The same without reading anything.
    std::shared_ptr<const GroupWeights> known(const std::shared_ptr<const Capture>& capture,
                                              const GroupWeightsRequest& request) const;
    /// Nobody looks: reading ends without a trace, and begins anew with the next weights().
    void pause();
    /// Ends reading what was asked for last, until it is called with false.
    void setStopped(bool stopped);

    bool isReading() const { return m_work != nullptr; }
    bool isStopped() const { return m_stopped && m_stopped == m_asked; } ///< what was asked for last
    std::size_t sitesRead() const { return m_work ? m_work->sitesRead.load() : 0; }
    const QString& failure() const { return m_failure; } ///< why there are no weights; a sentence, usually empty

    /// Multiplications done at once. Tests set 0 to take the other path.
    void setImmediateCost(double cost) { m_immediateCost = cost; }

signals:
    void arrived(); ///< the weights, or a failure

private:
    struct Work
    {
        GroupWeightsRequest request;
        std::stop_source stop;
        std::atomic<std::size_t> sitesRead = 0;
    };
    void forget(const std::shared_ptr<const Capture>& capture);
    void begin(const GroupWeightsRequest& request);
    void keep(const GroupWeightsRequest& request, GroupWeights weights);

    std::shared_ptr<const Capture> m_capture;
    std::deque<std::pair<GroupWeightsRequest, std::shared_ptr<const GroupWeights>>> m_known; ///< newest first
    std::shared_ptr<Work> m_work;
    std::optional<GroupWeightsRequest> m_failed;
    QString m_failure;
    std::optional<GroupWeightsRequest> m_asked; ///< last
    std::optional<GroupWeightsRequest> m_stopped;
    double m_immediateCost = 5e6;
};

} // namespace heedmap
