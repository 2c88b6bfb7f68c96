#include "widgets/context/background.h"

#include <QThread>

#include <algorithm>

namespace heedmap {

namespace {

QThreadPool& shortWork()
{
    static QThreadPool pool;
    return pool;
}

QThreadPool& longWork()
{
    static QThreadPool pool;
    return pool;
}

void prepare()
{
    const int cores = QThread::idealThreadCount();
    shortWork().setMaxThreadCount(std::max(2, cores));
    longWork().setMaxThreadCount(std::max(1, cores / 2));
    qAddPostRoutine(waitForBackgroundWork); // what arrives is posted to the application: it must not be gone
}

} // namespace

QThreadPool& backgroundPool(WorkLength length)
{
    static const bool prepared = (prepare(), true);
    static_cast<void>(prepared);
    return length == WorkLength::Long ? longWork() : shortWork();
}

void waitForBackgroundWork()
{
    shortWork().waitForDone();
    longWork().waitForDone();
}

} // namespace heedmap
