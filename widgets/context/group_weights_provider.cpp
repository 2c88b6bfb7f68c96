#include "widgets/context/group_weights_provider.h"

#include "widgets/context/background.h"

#include <algorithm>

namespace heedmap {

namespace {

constexpr std::size_t kKept = 16;

} // namespace

GroupWeightsProvider::~GroupWeightsProvider()
{
    pause();
}

void GroupWeightsProvider::pause()
{
    if (m_work)
        m_work->stop.request_stop();
    m_work = nullptr;
}

void GroupWeightsProvider::setStopped(bool stopped)
{
    m_stopped = stopped ? m_asked : std::nullopt;
    m_failed.reset();
    if (stopped)
        pause();
}

void GroupWeightsProvider::forget(const std::shared_ptr<const Capture>& capture)
{
    if (m_capture == capture)
        return;
    pause();
    m_capture = capture;
    m_known.clear();
    m_failed.reset();
    m_failure.clear();
    m_stopped.reset();
}

std::shared_ptr<const GroupWeights> GroupWeightsProvider::known(const std::shared_ptr<const Capture>& capture,
                                                                const GroupWeightsRequest& request) const
{
    const auto found = std::ranges::find(m_known, request, [](const auto& entry) { return entry.first; });
    return capture != m_capture || found == m_known.end() ? nullptr : found->second;
}

std::shared_ptr<const GroupWeights> GroupWeightsProvider::weights(const std::shared_ptr<const Capture>& capture,
                                                                  const GroupWeightsRequest& request)
{
    forget(capture);
    m_asked = request;
    if (auto result = known(capture, request))
        return result;
    if (m_stopped == request || m_failed == request || (m_work && m_work->request == request))
        return nullptr;
    pause();
    m_failed.reset();
    m_failure.clear();
    try {
        if (costOfGroupWeights(*capture, request) > m_immediateCost) {
            begin(request);
            return nullptr;
        }
        keep(request, readGroupWeights(*capture, request));
        return m_known.front().second;
    } catch (const Error& error) {
        m_failed = request;
        m_failure = QString::fromStdString(error.what());
    }
    return nullptr;
}

void GroupWeightsProvider::begin(const GroupWeightsRequest& request)
{
    auto work = std::make_shared<Work>();
    work->request = request;
    m_work = work;
    runInBackground(
        this,
        [work, capture = m_capture] {
            return rememberedGroupWeights(ResultCache(*capture), *capture, work->request, work->stop.get_token(),
                                          [&](std::size_t sites) { work->sitesRead = sites; });
        },
        [this, work](GroupWeights weights) {
            if (m_work != work)
                return;
            m_work = nullptr;
            keep(work->request, std::move(weights));
            emit arrived();
        },
        [this, work](const Error& error) {
            if (m_work != work)
                return;
            m_work = nullptr;
            m_failed = work->request;
            m_failure = QString::fromStdString(error.what());
            emit arrived();
        },
        WorkLength::Long);
}

void GroupWeightsProvider::keep(const GroupWeightsRequest& request, GroupWeights weights)
{
    m_known.emplace_front(request, std::make_shared<const GroupWeights>(std::move(weights)));
    if (m_known.size() > kKept)
        m_known.pop_back();
}

} // namespace heedmap
