#pragma once

#include "app/session/session.h"
#include "widgets/context/view_context.h"

class QDockWidget;

namespace heedmap {

/// Lets views see the session's interventions, and the session hear what views want changed. Both must live as long as
/// each other.
void connectWhatIf(Session& session, ViewContext& context);

/// Brings the dock before its neighbours when the first intervention is made. Null: nothing.
void raiseWithInterventions(QDockWidget* dock, WhatIfModel& whatIf);

} // namespace heedmap
