#pragma once

#include <QFrame>

#include <functional>

class QLabel;
class QPushButton;
class QToolButton;

namespace heedmap {

/// One message inside the window, never in the way: what happened, and a button for what to do next.
class MessageBar : public QFrame
{
    Q_OBJECT

public:
    explicit MessageBar(QWidget* parent = nullptr);

    void showError(const QString& message);
    /// With a button; `act` is called when it is pressed, and the bar closes.
    void showError(const QString& message, const QString& actionText, std::function<void()> act);
    /// Good news goes away by itself.
    void showNote(const QString& message);
    QString message() const;
    QPushButton& actionButton() { return *m_action; }

private:
    void display(const QString& message, const QString& actionText, std::function<void()> act);

    QLabel* m_text;
    QPushButton* m_action;
    QToolButton* m_close;
    std::function<void()> m_act;
    int m_shownCount = 0; ///< so that a note's timer does not close a later message
};

} // namespace heedmap
