#include "app/session/document_command.h"

namespace heedmap {

DocumentCommand::DocumentCommand(Session& session, const QString& text, Document before, Document after, int mergeId)
    : QUndoCommand(text), m_session(session), m_before(std::move(before)), m_after(std::move(after)), m_mergeId(mergeId)
{}

bool DocumentCommand::mergeWith(const QUndoCommand* next)
{
    const auto* command = static_cast<const DocumentCommand*>(next); // the stack only offers commands of the same id
    m_after = command->m_after;
    m_when = command->m_when;
    setText(command->text());
    return true;
}

bool DocumentCommand::isMilestone() const
{
    return m_before.capture != m_after.capture || !(m_before.model == m_after.model) ||
           !(m_before.picture == m_after.picture) || m_before.recording != m_after.recording ||
           m_before.speech != m_after.speech || m_before.interventions != m_after.interventions;
}

} // namespace heedmap
