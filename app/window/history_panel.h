#pragma once

#include "app/session/session.h"

#include <QListWidget>

namespace heedmap {

/// What was done, newest first, one line a step worth a line: "14:02 mute L3 · H1 of question → picture ⇒ red 0.84".
/// Choosing a line goes back (or forward again) to how things were after it. Speaks to the session only.
class HistoryPanel : public QListWidget
{
    Q_OBJECT

public:
    explicit HistoryPanel(Session& session, QWidget* parent = nullptr);

    QSize sizeHint() const override { return QSize(240, 130); }

private:
    void refresh();
    void goTo(int index);
    void showAsCurrent(QListWidgetItem& item);

    Session& m_session;
};

} // namespace heedmap
