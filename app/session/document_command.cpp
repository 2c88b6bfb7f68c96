#include "app/session/document_command.h"

namespace heedmap {

DocumentCommand::DocumentCommand(Session& session, const QString& text, Document before, Document after, int mergeId)
    : QUndoCommand(text), m_session(session), m_before(std::move(before)), m_after(std::move(after)), m_mergeId(mergeId)
{}

bool DocumentCommand::mergeWith(const QUndoCommand* next)
{
    m_after = static_cast<const DocumentCommand*>(next)->m_after; // the stack only offers commands of the same id
    return true;
}

} // namespace heedmap
