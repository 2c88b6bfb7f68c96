#pragma once

#include "widgets/context/background.h"

#include <QCoreApplication>
#include <QDeadlineTimer>

#include <functional>

namespace heedmap::test {

/// Runs the event loop until `done` or, on a very slow machine, a minute is over.
inline bool waitFor(const std::function<bool()>& done)
{
    QDeadlineTimer deadline(60'000);
    while (!done() && !deadline.hasExpired())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 20);
    return done();
}

/// Lets work that is under way on workers arrive.
inline void settle()
{
    waitForBackgroundWork();
    QCoreApplication::processEvents();
}

} // namespace heedmap::test
