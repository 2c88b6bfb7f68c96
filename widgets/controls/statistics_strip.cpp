#include "widgets/controls/statistics_strip.h"

#include <QHBoxLayout>

#include <algorithm>

namespace heedmap {

StatisticsStrip::StatisticsStrip(StatisticsModel& statistics, QWidget* parent)
    : QWidget(parent), m_statistics(statistics), m_text(new QLabel), m_progress(new QProgressBar),
      m_button(new QPushButton)
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    m_text->setObjectName("muted");
    m_text->setMinimumWidth(1);
    m_progress->setFixedWidth(120);
    m_progress->setTextVisible(false);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_progress);
    layout->addWidget(m_button);
    connect(m_button, &QPushButton::clicked, this, [this] {
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
    m_text->setText(parts.join(QStringLiteral(" · ")));
    m_text->setToolTip(m_text->text());
    m_progress->setVisible(working);
    m_progress->setRange(0, static_cast<int>(std::max<std::size_t>(1, expected)));
    m_progress->setValue(static_cast<int>(done));
    m_button->setVisible(working || stopped);
    m_button->setText(m_isStopped ? tr("Continue") : tr("Stop"));
}

} // namespace heedmap
