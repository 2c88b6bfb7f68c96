#pragma once

#include "widgets/context/analysis_runner.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace heedmap {

/// Several analyses at a time for one view, each by a runner of its own, which keeps what it computed. Lives in the GUI
/// thread.
class AnalysisRunners : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// What is wanted now, by a name that stays the same for what is computed of the same maps. What is not wanted any
    /// more is stopped; none: all of it.
    void want(std::map<std::string, AnalysisRequest> requests);
    /// As AnalysisRunner::result; null for names that are not wanted.
    std::shared_ptr<const AnalysisResult> result(const std::string& name);
    QString failure(const std::string& name) const;

    bool isRunning() const;
    bool isSlow() const;
    double progress() const;  ///< [0, 1], of those that run
    void cancel();            ///< all that run
    void start();             ///< all that are wanted and have no result
    bool isCancelled() const; ///< something wanted has neither a result nor a worker

    void setImmediateCost(double cost); ///< as AnalysisRunner::setImmediateCost

signals:
    void changed(); ///< a result, a failure, or progress

private:
    AnalysisRunner& runner(const std::string& name);

    double m_immediateCost = 4e6; ///< of each of several
    std::map<std::string, std::unique_ptr<AnalysisRunner>> m_runners;
    std::map<std::string, AnalysisRequest> m_wanted;
};

} // namespace heedmap
