#pragma once

#include "app/session/session.h"

#include <QDateTime>
#include <QUndoCommand>

namespace heedmap {

/// One step of the document's history: what it was, what it became.
class DocumentCommand : public QUndoCommand
{
public:
    /// Commands with the same `mergeId` (other than -1) that follow each other become one.
    DocumentCommand(Session& session, const QString& text, Document before, Document after, int mergeId);

    void undo() override { m_session.apply(m_before); }
    void redo() override { m_session.apply(m_after); }
    int id() const override { return m_mergeId; }
    bool mergeWith(const QUndoCommand* next) override;

    const QDateTime& when() const { return m_when; } ///< local time
    /// Whether it is worth a line in a diary: more than typing and looking around.
    bool isMilestone() const;

private:
    Session& m_session;
    Document m_before;
    Document m_after;
    int m_mergeId;
    QDateTime m_when = QDateTime::currentDateTime();
};

} // namespace heedmap
