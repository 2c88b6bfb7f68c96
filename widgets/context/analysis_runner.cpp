#include "widgets/context/analysis_runner.h"

#include "core/analysis/remembered_analysis.h"
#include "widgets/context/background.h"

#include <new>

namespace heedmap {

namespace {

constexpr std::size_t kMostKept = 8;
constexpr std::size_t kMostKeptValues = std::size_t{1} << 25;
constexpr int kTickMs = 100;
constexpr int kSlowTicks = 3;

} // namespace

AnalysisRunner::AnalysisRunner(QObject* parent) : QObject(parent)
{
    m_ticks.setInterval(kTickMs);
    connect(&m_ticks, &QTimer::timeout, this, [this] {
        ++m_tickCount;
        emit changed();
    });
}

AnalysisRunner::~AnalysisRunner()
{
    m_stop.request_stop();
}

std::shared_ptr<const AnalysisResult> AnalysisRunner::kept(const AnalysisRequest& request) const
{
    for (const Kept& each : m_results)
        if (each.request == request)
            return each.result;
    return nullptr;
}

std::shared_ptr<const AnalysisResult> AnalysisRunner::result(const AnalysisRequest& request)
{
    m_asked = request;
    if (auto found = kept(request)) {
        pause();
        return found;
    }
    if (m_failed == request || m_running == request)
        return nullptr;
    begin(request);
    return kept(request);
}

void AnalysisRunner::start(const AnalysisRequest& request)
{
    m_failed.reset();
    m_asked = request;
    if (!kept(request) && m_running != request)
        begin(request);
    emit changed();
}

void AnalysisRunner::begin(const AnalysisRequest& request)
{
    pause();
    if (costOfAnalysis(request.settings.analysis(), *request.capture, request.scope) <= m_immediateCost)
        runAtOnce(request);
    else
        runOnWorker(request);
}

void AnalysisRunner::runAtOnce(const AnalysisRequest& request)
{
    try {
        keep(request, runAnalysis(request.settings, *request.capture, request.scope));
    } catch (const Error& error) {
        fail(request, QString::fromStdString(error.what()));
    } catch (const std::bad_alloc&) {
        fail(request, tr("There is not enough memory for this."));
    }
}

void AnalysisRunner::runOnWorker(const AnalysisRequest& request)
{
    m_stop = std::stop_source();
    m_share = std::make_shared<std::atomic<double>>(0.0);
    m_running = request;
    m_tickCount = 0;
    m_ticks.start();
    const std::stop_token stop = m_stop.get_token();
    runInBackground(
        this,
        [request, stop, share = m_share] {
            return rememberedAnalysis(ResultCache(*request.capture), request.settings, *request.capture, request.scope,
                                      stop, [share](double done) { share->store(done); });
        },
        [this, request, stop](AnalysisResult result) {
            if (stop.stop_requested())
                return;
            pause();
            keep(request, std::move(result));
            emit changed();
        },
        [this, request, stop](const Error& error) {
            if (stop.stop_requested())
                return;
            pause();
            fail(request, QString::fromStdString(error.what()));
            emit changed();
        },
        WorkLength::Long);
}

void AnalysisRunner::keep(const AnalysisRequest& request, AnalysisResult result)
{
    m_results.push_front({request, std::make_shared<const AnalysisResult>(std::move(result))});
    std::size_t values = 0;
    std::size_t count = 0;
    for (const Kept& each : m_results) {
        values += each.result->map.size() + each.result->numbers.size();
        if (count > 0 && (values > kMostKeptValues || count >= kMostKept))
            break;
        ++count;
    }
    m_results.resize(count, m_results.front());
}

void AnalysisRunner::fail(const AnalysisRequest& request, const QString& sentence)
{
    m_failed = request;
    m_failure = sentence;
}

void AnalysisRunner::cancel()
{
    if (!m_running)
        return;
    fail(*m_running, tr("Stopped."));
    pause();
    emit changed();
}

void AnalysisRunner::pause()
{
    m_stop.request_stop();
    m_ticks.stop();
    m_running.reset();
    m_share.reset();
}

QString AnalysisRunner::failure() const
{
    return m_failed && m_failed == m_asked ? m_failure : QString();
}

bool AnalysisRunner::isSlow() const
{
    return m_running && m_tickCount >= kSlowTicks;
}

} // namespace heedmap
