#include "app/window/history_panel.h"

#include "app/session/document_command.h"

namespace heedmap {

namespace {

constexpr int kIndexRole = Qt::UserRole; ///< of the undo stack, after the command

} // namespace

HistoryPanel::HistoryPanel(Session& session, QWidget* parent) : QListWidget(parent), m_session(session)
{
    setAccessibleName(tr("History"));
    setFrameShape(QFrame::NoFrame);
    setSelectionMode(QAbstractItemView::NoSelection);
    viewport()->setAutoFillBackground(false);
    setTextElideMode(Qt::ElideMiddle);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWordWrap(true);
    setSpacing(1);
    connect(&session.undoStack(), &QUndoStack::indexChanged, this, &HistoryPanel::refresh);
    // Queued: the list is filled anew while the stack moves, and the click must be over by then.
    for (auto signal : {&QAbstractItemView::clicked, &QAbstractItemView::activated})
        connect(this, signal, this, [this](const QModelIndex& line) {
            QMetaObject::invokeMethod(
                this, [this, index = line.data(kIndexRole).toInt()] { goTo(index); }, Qt::QueuedConnection);
        });
    refresh();
}

void HistoryPanel::refresh()
{
    clear();
    const QUndoStack& stack = m_session.undoStack();
    for (int i = stack.count() - 1; i >= 0; --i) {
        // The session's stack holds nothing else.
        const auto& command = *static_cast<const DocumentCommand*>(stack.command(i));
        if (!command.isMilestone())
            continue;
        const QString time = command.when().toString(QStringLiteral("HH:mm"));
        auto* item = new QListWidgetItem(time + QStringLiteral("  ") + command.text(), this);
        item->setToolTip(command.text());
        item->setData(kIndexRole, i + 1);
        if (i >= stack.index()) // undone
            item->setForeground(palette().color(QPalette::Disabled, QPalette::Text));
        else if (!currentItem())
            showAsCurrent(*item);
    }
}

/// Where we are.
void HistoryPanel::showAsCurrent(QListWidgetItem& item)
{
    QFont bold = font();
    bold.setBold(true);
    item.setFont(bold);
    setCurrentItem(&item);
}

void HistoryPanel::goTo(int index)
{
    if (index != m_session.undoStack().index())
        m_session.undoStack().setIndex(index);
}

} // namespace heedmap
