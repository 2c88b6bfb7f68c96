#pragma once

#include "core/protocol/frame.h"

#include <QByteArray>
#include <QObject>
#include <QProcess>
#include <QString>

#include <chrono>

namespace heedmap {

/// One engine process and its pipes: bytes in, frames out. Starts from the event loop, so that nothing is reported from
/// inside the constructor; what is written before is sent then. Never waits, except in `endNow`.
class EngineConnection : public QObject
{
    Q_OBJECT

public:
    explicit EngineConnection(QString program, QObject* parent);

    qint64 processId() const { return m_process->processId(); }
    void write(const QByteArray& bytes);
    /// Reports nothing any more, closes the engine's input, kills it after `patience`, then deletes this object.
    void endSoon(std::chrono::milliseconds patience);
    /// The same at once, for destructors: waits, but not for long.
    void endNow();

signals:
    void frameArrived(const heedmap::Frame& frame);
    void logLine(const QString& line);
    /// The process ended by itself, could not be started, or sent what is no protocol. Once; `reason` is a sentence for
    /// the user.
    void ended(const QString& reason);

private:
    void start();
    void readFrames();
    void readLog();
    void end(const QString& reason);
    QString startFailure() const;
    QString exitReason(int code, QProcess::ExitStatus status) const;

    QString m_program;
    QProcess* m_process;
    FrameReader m_reader;
    QByteArray m_unwritten;
    QByteArray m_log; ///< an unfinished line
    QString m_lastLogLine;
    bool m_running = false;
    bool m_silent = false;
};

} // namespace heedmap
