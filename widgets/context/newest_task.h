#pragma once

#include "widgets/context/background.h"

#include <functional>
#include <utility>

namespace heedmap {

/// One thing at a time on a worker, and at most one that waits: a newer wish takes the place of one that has not begun.
/// Lives in the GUI thread, where `done` and `failed` are called (see runInBackground).
class NewestTask
{
public:
    explicit NewestTask(QObject* receiver) : m_receiver(receiver) {}

    template <typename Work, typename Done, typename Failed>
    void run(Work work, Done done, Failed failed)
    {
        m_waiting = [this, work = std::move(work), done = std::move(done), failed = std::move(failed)] {
            runInBackground(
                m_receiver, work,
                [this, done](auto result) {
                    m_running = false;
                    done(std::move(result));
                    startWaiting();
                },
                [this, failed](const Error& error) {
                    m_running = false;
                    failed(error);
                    startWaiting();
                });
        };
        startWaiting();
    }
    bool isRunning() const { return m_running; }

private:
    void startWaiting()
    {
        if (m_running || !m_waiting)
            return;
        m_running = true;
        std::exchange(m_waiting, {})();
    }

    QObject* m_receiver;
    std::function<void()> m_waiting;
    bool m_running = false;
};

} // namespace heedmap
