#include "widgets/controls/statistics_strip.h"

namespace heedmap {

StatisticsStrip::StatisticsStrip(StatisticsModel& statistics, QWidget* parent)
    : ProgressStrip(parent), m_statistics(statistics)
{
    connect(&button(), &QPushButton::clicked, this, [this] {
        for (const StatisticsWish& wish : m_wishes)
            m_isStopped ? m_statistics.resume(wish) : m_statistics.stop(wish);
    });
}

void StatisticsStrip::showProgress(const std::vector<StatisticsWish>& wishes, const QString& remark)
{
    m_wishes = wishes;
    std::size_t done = 0;
    std::size_t expected = 0;
    bool working = false;
    bool stopped = false;
    QStringList parts;
    for (const StatisticsWish& wish : wishes) {
        const StatisticsState state = m_statistics.state(wish);
        working = working || state == StatisticsState::Working || state == StatisticsState::Waiting;
        stopped = stopped || state == StatisticsState::Stopped;
        if (state == StatisticsState::Failed)
            parts << m_statistics.failure(wish);
        const auto result = m_statistics.result(wish);
        if (!result)
            continue;
        done += result->heads.size();
        expected += result->headsExpected;
        const QString coverage = QString::fromStdString(result->coverage());
        if (result->isSampled() && !parts.contains(coverage))
            parts.prepend(coverage);
    }
    m_isStopped = stopped && !working;
    if (working)
        parts << tr("reading: %1 of %2 heads").arg(done).arg(expected);
    else if (stopped)
        parts << tr("stopped at %1 of %2 heads").arg(done).arg(expected);
    if (!remark.isEmpty())
        parts << remark;
    setStatement(parts.join(QStringLiteral(" · ")));
    setWork(working   ? StripWork::Working
            : stopped ? StripWork::Stopped
                      : StripWork::None,
            static_cast<int>(done), static_cast<int>(expected));
}

} // namespace heedmap
