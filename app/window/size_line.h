#pragma once

#include "app/session/session.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QToolButton;

namespace heedmap {

/// One line under Run: how large the next capture can become, and what its numbers are stored in, to be chosen. Without
/// a running engine the size is not known, and only the choice is there.
class SizeLine : public QWidget
{
    Q_OBJECT

public:
    explicit SizeLine(Session& session, QWidget* parent = nullptr);

private:
    void buildMenu();
    void connectSession();
    void showType();
    void showSize(qint64 bytes);
    /// What is shown is no longer true; asks again soon.
    void forget();
    void askWhenReady();
    void ask();

    Session& m_session;
    QLabel* m_size;
    QToolButton* m_type;
    QTimer m_delay; ///< typing is over
    bool m_asked = false;
};

} // namespace heedmap
