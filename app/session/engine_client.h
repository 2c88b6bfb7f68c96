#pragma once

#include "core/base/error.h"
#include "core/base/json.h"

#include <QObject>
#include <QString>

#include <functional>
#include <memory>

namespace heedmap {

/// The front end's end of the engine protocol (core/protocol/PROTOCOL.md): starts the engine process when first needed,
/// matches replies to requests, survives the engine's death. All in the thread it lives in, driven by the event loop;
/// nothing here ever waits.
class EngineClient : public QObject
{
    Q_OBJECT

public:
    enum class State
    {
        Stopped,  ///< not started yet, or ended on request
        Starting, ///< process started, `initialize` not answered yet
        Ready,    ///< idle
        Busy,     ///< at least one request is open
        Died      ///< ended by itself; the next request starts it again
    };
    Q_ENUM(State)

    struct Handlers
    {
        std::function<void(const Json& result)> onResult;
        /// Also called, with ErrorKind::Io, for every open request when the engine dies.
        std::function<void(const Error& error)> onError;
        std::function<void(const QString& stage, qint64 done, qint64 total)> onProgress; ///< may be empty
    };

    /// `program`: path of the engine; empty means heedmap-engine beside this program.
    explicit EngineClient(QString program = {}, QObject* parent = nullptr);
    ~EngineClient() override;

    State state() const;
    qint64 processId() const; ///< 0 when not running

    /// Sends a request, starting the engine first if needed. Returns the request's id. Exactly one of onResult and
    /// onError is called later, never from inside this call.
    qint64 request(const QString& method, const Json& params, Handlers handlers);
    /// As `request("input/put")` followed by the bytes; answered at once when this engine process already has them.
    /// `sha256`: of the bytes, in hexadecimal; a large file takes long to hash, so the caller says where that is done.
    qint64 putInput(const QByteArray& bytes, const std::string& sha256, Handlers handlers);
    /// Asks the engine to stop working on a request; kills the engine two seconds later if it has not answered.
    void cancel(qint64 id);
    /// Ends the engine (shutdown, then kill after two seconds) without reporting a death.
    void stop();

signals:
    void stateChanged(heedmap::EngineClient::State state);
    /// The engine ended by itself. `reason` is a sentence for the user.
    void died(const QString& reason);
    void logMessage(const QString& line); ///< standard error and $/log

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace heedmap
