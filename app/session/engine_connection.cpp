#include "app/session/engine_connection.h"

#include "core/base/error.h"

#include <QFileInfo>
#include <QPointer>
#include <QTimer>

#include <csignal>

namespace heedmap {

namespace {
constexpr qsizetype kMaxLogLine = 16 * 1024;
constexpr int kPatienceAtTheEndMs = 500;
} // namespace

EngineConnection::EngineConnection(QString program, QObject* parent)
    : QObject(parent), m_program(std::move(program)), m_process(new QProcess(this))
{
    connect(m_process, &QProcess::readyReadStandardOutput, this, &EngineConnection::readFrames);
    connect(m_process, &QProcess::readyReadStandardError, this, &EngineConnection::readLog);
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            end(startFailure());
    });
    connect(m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        const QPointer<EngineConnection> alive(this);
        readFrames();
        if (alive)
            readLog();
        if (alive)
            end(exitReason(code, status));
    });
    QMetaObject::invokeMethod(this, &EngineConnection::start, Qt::QueuedConnection);
}

void EngineConnection::start()
{
    if (m_silent)
        return;
    m_running = true;
    // Ctrl+C in a terminal reaches both programs: this one cancels, the engine ends with its standard input.
    m_process->setChildProcessModifier([] { std::signal(SIGINT, SIG_IGN); });
    m_process->start(m_program, {});
    if (!m_silent)
        m_process->write(std::exchange(m_unwritten, {}));
}

void EngineConnection::write(const QByteArray& bytes)
{
    if (!m_running)
        m_unwritten += bytes;
    else if (!m_silent)
        m_process->write(bytes);
}

void EngineConnection::readFrames()
{
    m_reader.feed(m_process->readAllStandardOutput().toStdString());
    const QPointer<EngineConnection> alive(this);
    try {
        while (alive && !m_silent) {
            const auto frame = m_reader.next();
            if (!frame)
                return;
            emit frameArrived(*frame);
        }
    } catch (const Error& failure) {
        end(tr("%1 sent something that is not the engine protocol (%2). The next run starts it again.")
                .arg(m_program, QString::fromUtf8(failure.what())));
    }
}

void EngineConnection::readLog()
{
    m_log += m_process->readAllStandardError();
    if (m_log.size() > kMaxLogLine && !m_log.contains('\n'))
        m_log += '\n';
    const QPointer<EngineConnection> alive(this);
    while (alive && m_log.contains('\n')) {
        const qsizetype newline = m_log.indexOf('\n');
        m_lastLogLine = QString::fromUtf8(m_log.left(qMin(newline, kMaxLogLine)));
        m_log.remove(0, newline + 1);
        if (!m_silent)
            emit logLine(m_lastLogLine);
    }
}

void EngineConnection::end(const QString& reason)
{
    if (!std::exchange(m_silent, true))
        emit ended(reason);
}

QString EngineConnection::startFailure() const
{
    if (!QFileInfo::exists(m_program))
        return tr("The engine %1 is missing. It belongs beside heedmap; install heedmap again.").arg(m_program);
    return tr("The engine %1 could not be started: %2.").arg(m_program, m_process->errorString());
}

QString EngineConnection::exitReason(int code, QProcess::ExitStatus status) const
{
    if (status == QProcess::CrashExit)
        return tr("The engine was ended by signal %1, perhaps because there was too little memory. The next run starts "
                  "it again.")
            .arg(code);
    const QString words = m_lastLogLine.isEmpty() ? QString() : tr(" Its last words: %1").arg(m_lastLogLine);
    return tr("The engine ended by itself (exit status %1). The next run starts it again.").arg(code) + words;
}

void EngineConnection::endSoon(std::chrono::milliseconds patience)
{
    m_silent = true;
    setParent(nullptr); // it outlives its owner by the time the process needs to end
    if (m_process->state() == QProcess::NotRunning) {
        deleteLater();
        return;
    }
    connect(m_process, &QProcess::finished, this, &QObject::deleteLater);
    m_process->closeWriteChannel();
    if (patience == std::chrono::milliseconds::zero())
        m_process->kill();
    else
        QTimer::singleShot(patience, m_process, &QProcess::kill);
}

void EngineConnection::endNow()
{
    m_silent = true;
    if (m_process->state() == QProcess::NotRunning)
        return;
    m_process->closeWriteChannel(); // an engine that sees the end of its input removes unfinished captures
    if (m_process->waitForFinished(kPatienceAtTheEndMs))
        return;
    m_process->kill();
    m_process->waitForFinished(kPatienceAtTheEndMs);
}

} // namespace heedmap
