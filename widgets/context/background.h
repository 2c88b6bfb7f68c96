#pragma once

#include "core/base/error.h"

#include <QCoreApplication>
#include <QMetaObject>
#include <QPointer>
#include <QThreadPool>

#include <memory>
#include <new>
#include <utility>

namespace heedmap {

/// How long work keeps its thread. Long work waits for other long work; what a pointer asks for never does.
enum class WorkLength
{
    Short, ///< up to some tenths of a second
    Long
};

/// Threads of our own. Qt paints with those of QThreadPool::globalInstance() and waits for them in the GUI thread,
/// which would stand still while they are busy with ours.
QThreadPool& backgroundPool(WorkLength length);
/// Until nothing is under way or waiting any more. Call from the GUI thread.
void waitForBackgroundWork();

/// Runs `work()` on a thread of a pool, then `done(result)` or `failed(error)` in the GUI thread, never from inside
/// this call. Neither is called once `receiver` is gone. `work` must own what it reads. Call from the GUI thread.
template <typename Work, typename Done, typename Failed>
void runInBackground(QObject* receiver, Work work, Done done, Failed failed, WorkLength length = WorkLength::Short)
{
    // The guard is only looked at in the GUI thread, where the receiver is deleted: no race.
    auto report = [guard = QPointer<QObject>(receiver)](auto call) {
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [guard, call = std::move(call)] {
                if (guard)
                    call();
            },
            Qt::QueuedConnection);
    };
    backgroundPool(length).start([report, work = std::move(work), done = std::move(done), failed = std::move(failed)] {
        try {
            auto result = std::make_shared<decltype(work())>(work());
            report([result, done] { done(std::move(*result)); });
        } catch (const Error& error) {
            report([error, failed] { failed(error); });
        } catch (const std::bad_alloc&) {
            report([failed] { failed(Error(ErrorKind::TooLarge, "There is not enough memory for this.")); });
        } catch (const std::exception& error) {
            report([message = std::string(error.what()), failed] { failed(Error(ErrorKind::Internal, message)); });
        }
    });
}

} // namespace heedmap
