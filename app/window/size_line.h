#pragma once

#include "app/session/session.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QToolButton;

namespace heedmap {

/// Under Run: how large the next capture can become, what its numbers are stored in, and which kinds of maps are
/// stored, to be chosen. Until an engine has said so the size and the kinds are not known, and only the type is there.
class SizeLine : public QWidget
{
    Q_OBJECT

public:
    explicit SizeLine(Session& session, QWidget* parent = nullptr);

private:
    void buildMenu();
    void connectSession();
    void showType();
    void showGroups();
    void leaveOut(const QString& group, bool leftOut);
    void showSize(qint64 bytes);
    /// What is shown is no longer true; asks again soon.
    void forget();
    void askWhenReady();
    void ask();

    Session& m_session;
    QLabel* m_size;
    QToolButton* m_type;
    QToolButton* m_groups;
    QTimer m_delay; ///< typing is over
    bool m_asked = false;
};

} // namespace heedmap
