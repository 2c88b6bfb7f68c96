#pragma once

#include "widgets/context/statistics_model.h"
#include "widgets/controls/progress_strip.h"

#include <vector>

namespace heedmap {

/// What statistics were read over, or how far reading them is; Stop and Continue.
class StatisticsStrip : public ProgressStrip
{
    Q_OBJECT

public:
    explicit StatisticsStrip(StatisticsModel& statistics, QWidget* parent = nullptr);

    /// Shows the progress of these; `remark` stands behind it.
    void showProgress(const std::vector<StatisticsWish>& wishes, const QString& remark);

private:
    StatisticsModel& m_statistics;
    std::vector<StatisticsWish> m_wishes;
    bool m_isStopped = false;
};

} // namespace heedmap
