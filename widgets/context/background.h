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

/// Runs `work()` on a pool thread, then `done(result)` or `failed(error)` in the GUI thread, never from inside this
/// call. Neither is called once `receiver` is gone. `work` must own what it reads. Call from the GUI thread.
template <typename Work, typename Done, typename Failed>
void runInBackground(QObject* receiver, Work work, Done done, Failed failed)
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
    QThreadPool::globalInstance()->start(
        [report, work = std::move(work), done = std::move(done), failed = std::move(failed)] {
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
