#include "widgets/context/analysis_runners.h"

#include <algorithm>

namespace heedmap {

AnalysisRunner& AnalysisRunners::runner(const std::string& name)
{
    std::unique_ptr<AnalysisRunner>& found = m_runners[name];
    if (!found) {
        found = std::make_unique<AnalysisRunner>();
        found->setImmediateCost(m_immediateCost);
        connect(found.get(), &AnalysisRunner::changed, this, &AnalysisRunners::changed);
    }
    return *found;
}

void AnalysisRunners::want(std::map<std::string, AnalysisRequest> requests)
{
    m_wanted = std::move(requests);
    for (const auto& [name, runner] : m_runners)
        if (!m_wanted.contains(name))
            runner->pause();
    for (const auto& [name, request] : m_wanted)
        runner(name).result(request); // begins
}

std::shared_ptr<const AnalysisResult> AnalysisRunners::result(const std::string& name)
{
    const auto wanted = m_wanted.find(name);
    return wanted == m_wanted.end() ? nullptr : runner(name).result(wanted->second);
}

QString AnalysisRunners::failure(const std::string& name) const
{
    const auto found = m_runners.find(name);
    return found == m_runners.end() ? QString() : found->second->failure();
}

bool AnalysisRunners::isRunning() const
{
    return std::ranges::any_of(m_runners, [](const auto& each) { return each.second->isRunning(); });
}

bool AnalysisRunners::isSlow() const
{
    return std::ranges::any_of(m_runners, [](const auto& each) { return each.second->isSlow(); });
}

bool AnalysisRunners::isCancelled() const
{
    return !isRunning() &&
           std::ranges::any_of(m_wanted, [this](const auto& each) { return !failure(each.first).isEmpty(); });
}

double AnalysisRunners::progress() const
{
    double sum = 0;
    for (const auto& [name, request] : m_wanted) {
        const auto found = m_runners.find(name);
        sum += found != m_runners.end() && found->second->isRunning() ? found->second->progress() : 1;
    }
    return m_wanted.empty() ? 1 : sum / static_cast<double>(m_wanted.size());
}

void AnalysisRunners::cancel()
{
    for (const auto& [name, runner] : m_runners)
        runner->cancel();
}

void AnalysisRunners::start()
{
    for (const auto& [name, request] : m_wanted)
        runner(name).start(request);
}

void AnalysisRunners::setImmediateCost(double cost)
{
    m_immediateCost = cost;
    for (const auto& [name, runner] : m_runners)
        runner->setImmediateCost(cost);
}

} // namespace heedmap
