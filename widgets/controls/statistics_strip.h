#pragma once

#include "widgets/context/statistics_model.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QWidget>

#include <vector>

namespace heedmap {

/// What statistics were read over, or how far reading them is; Stop and Continue.
class StatisticsStrip : public QWidget
{
    Q_OBJECT

public:
    explicit StatisticsStrip(StatisticsModel& statistics, QWidget* parent = nullptr);

    /// Shows the progress of these; `remark` stands behind it.
    void showProgress(const std::vector<StatisticsWish>& wishes, const QString& remark);

    QString text() const { return m_text->text(); }
    QProgressBar& progress() { return *m_progress; }
    QPushButton& button() { return *m_button; } ///< Stop, or Continue when it was stopped

private:
    StatisticsModel& m_statistics;
    QLabel* m_text;
    QProgressBar* m_progress;
    QPushButton* m_button;
    std::vector<StatisticsWish> m_wishes;
    bool m_isStopped = false;
};

} // namespace heedmap
