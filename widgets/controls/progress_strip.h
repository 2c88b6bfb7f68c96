#pragma once

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QWidget>

namespace heedmap {

enum class StripWork
{
    None,
    Working, ///< the bar is shown, and Stop
    Stopped  ///< Continue
};

/// A line below a view: what is shown, how far it is, Stop and Continue. While something is pointed at, what that is
/// stands in the place of the statement.
class ProgressStrip : public QWidget
{
    Q_OBJECT

public:
    explicit ProgressStrip(QWidget* parent = nullptr);

    void setStatement(const QString& text);
    /// Rich text; empty: nothing is pointed at.
    void setHint(const QString& text);
    void setWork(StripWork work, int done = 0, int expected = 1);

    QString text() const { return m_statement; }
    QString hint() const { return m_hint; }
    QProgressBar& progress() { return *m_progress; }
    QPushButton& button() { return *m_button; } ///< Stop, or Continue when it was stopped

private:
    void showText();

    QString m_statement;
    QString m_hint;
    QLabel* m_text;
    QProgressBar* m_progress;
    QPushButton* m_button;
};

} // namespace heedmap
