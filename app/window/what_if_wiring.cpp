#include "app/window/what_if_wiring.h"

#include <QDockWidget>

#include <utility>

namespace heedmap {

void connectWhatIf(Session& session, ViewContext& context)
{
    WhatIfModel& whatIf = context.whatIf();
    const auto show = [&session, &whatIf] {
        const Document& document = session.document();
        whatIf.setState({document.interventions, document.baseline, session.isRunning()});
    };
    for (auto signal : {&Session::interventionsChanged, &Session::runStarted, &Session::runEnded})
        QObject::connect(&session, signal, &whatIf, show);
    QObject::connect(&whatIf, &WhatIfModel::changeRequested, &session, &Session::setInterventions);
    QObject::connect(&whatIf, &WhatIfModel::runRequested, &session, &Session::run);
    QObject::connect(&whatIf, &WhatIfModel::valuesRequested, &session, &Session::runWithValues);
}

void raiseWithInterventions(QDockWidget* dock, WhatIfModel& whatIf)
{
    if (!dock)
        return;
    QObject::connect(&whatIf, &WhatIfModel::changed, dock, [dock, &whatIf, were = false]() mutable {
        const bool are = !whatIf.interventions().empty();
        if (are && !std::exchange(were, are))
            dock->raise();
        were = are;
    });
}

} // namespace heedmap
