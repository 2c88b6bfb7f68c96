#include "app/session/engine_client.h"

#include "app/session/engine_connection.h"
#include "app/session/held_inputs.h"
#include "core/protocol/message.h"

#include <QCoreApplication>
#include <QDir>
#include <QPointer>
#include <QTimer>

#include <map>
#include <utility>

namespace heedmap {

namespace {

using namespace std::chrono_literals;
constexpr auto kStartTimeout = 60s; // a cold disk and 200 MB of libraries
constexpr auto kCancelTimeout = 2s; // PROTOCOL.md, $/cancel

QString defaultProgram()
{
    return QDir(QCoreApplication::applicationDirPath()).filePath(QStringLiteral("heedmap-engine"));
}

QByteArray frameOf(const Message& message)
{
    return QByteArray::fromStdString(encodeJsonFrame(textFromMessage(message)));
}

} // namespace

/// The books of one client. Handlers are always called from the event loop, and may do anything, deleting the client
/// included.
class EngineClient::Private
{
public:
    struct OpenRequest
    {
        Handlers handlers;
        bool cancelled = false;
    };

    Private(EngineClient& client, QString path) : q(client), program(path.isEmpty() ? defaultProgram() : path) {}

    qint64 open(Handlers handlers);
    void send(qint64 id, const QByteArray& frames);
    void launch();
    void initialized(const Json& result);
    void take(const Frame& frame);
    void takeReply(const Json& id, const std::function<void(const Handlers&)>& answer);
    void takeNotification(const Notification& notification);
    void answerLater(qint64 id, std::function<void(const Handlers&)> answer);
    void answer(qint64 id, const std::function<void(const Handlers&)>& call);
    void die(const QString& reason);
    std::map<qint64, OpenRequest> closeAll(State next);
    void updateState();
    void setState(State next);

    EngineClient& q;
    QString program;
    State state = State::Stopped;
    EngineConnection* connection = nullptr; ///< child of q; null when no engine runs
    bool ready = false;                     ///< `initialize` is answered
    qint64 lastId = 0;
    qint64 initializeId = 0;
    std::map<qint64, OpenRequest> requests;
    std::map<qint64, QByteArray> unsent; ///< frames of requests that wait for `initialize`
    HeldInputs held;
};

EngineClient::EngineClient(QString program, QObject* parent)
    : QObject(parent), d(std::make_unique<Private>(*this, std::move(program)))
{}

EngineClient::~EngineClient()
{
    if (d->connection)
        d->connection->endNow();
}

EngineClient::State EngineClient::state() const
{
    return d->state;
}

qint64 EngineClient::processId() const
{
    return d->connection ? d->connection->processId() : 0;
}

qint64 EngineClient::request(const QString& method, const Json& params, Handlers handlers)
{
    const qint64 id = d->open(std::move(handlers));
    d->send(id, frameOf(Request{id, method.toStdString(), params}));
    return id;
}

qint64 EngineClient::putInput(const QByteArray& bytes, const std::string& sha256, Handlers handlers)
{
    if (d->held.contains(sha256)) {
        const qint64 id = d->open(std::move(handlers));
        d->answerLater(id, [sha256](const Handlers& waiting) {
            if (waiting.onResult)
                waiting.onResult({{"id", sha256}, {"known", true}});
        });
        return id;
    }
    handlers.onResult = [this, sha256, size = bytes.size(), next = std::move(handlers.onResult)](const Json& result) {
        d->held.add(sha256, static_cast<std::size_t>(size));
        if (next)
            next(result);
    };
    const qint64 id = d->open(std::move(handlers));
    QByteArray frames = frameOf(Request{id, "input/put", {{"id", sha256}, {"byte_count", bytes.size()}}});
    for (qsizetype offset = 0; offset < bytes.size(); offset += kBlobFrameBytes) {
        const QByteArrayView part =
            QByteArrayView(bytes).sliced(offset, qMin<qsizetype>(kBlobFrameBytes, bytes.size() - offset));
        frames += encodeBlobHeader(sha256, static_cast<std::uint64_t>(offset), static_cast<std::size_t>(part.size()));
        frames += part;
    }
    d->send(id, frames);
    return id;
}

void EngineClient::cancel(qint64 id)
{
    const auto found = d->requests.find(id);
    if (found == d->requests.end() || std::exchange(found->second.cancelled, true))
        return;
    if (d->unsent.erase(id) > 0 || !d->connection) {
        d->answerLater(id, [](const Handlers& waiting) {
            if (waiting.onError)
                waiting.onError(Error(ErrorKind::Cancelled, "The request was cancelled."));
        });
        return;
    }
    d->connection->write(frameOf(Notification{"$/cancel", {{"id", id}}}));
    QTimer::singleShot(kCancelTimeout, d->connection, [this, id] {
        if (d->requests.contains(id))
            d->die(tr("The engine did not stop when asked and was ended. The next run starts it again."));
    });
}

void EngineClient::stop()
{
    if (EngineConnection* connection = std::exchange(d->connection, nullptr)) {
        connection->write(frameOf(Request{++d->lastId, "shutdown", Json::object()}));
        connection->endSoon(kCancelTimeout);
    }
    const auto open = d->closeAll(State::Stopped);
    for (const auto& [id, request] : open) {
        d->requests.emplace(id, request);
        d->answerLater(id, [](const Handlers& waiting) {
            if (waiting.onError)
                waiting.onError(Error(ErrorKind::Cancelled, "The engine was stopped."));
        });
    }
}

qint64 EngineClient::Private::open(Handlers handlers)
{
    const qint64 id = ++lastId;
    requests[id].handlers = std::move(handlers);
    return id;
}

void EngineClient::Private::send(qint64 id, const QByteArray& frames)
{
    if (ready)
        connection->write(frames);
    else
        unsent[id] = frames;
    if (!connection)
        launch();
    updateState();
}

void EngineClient::Private::launch()
{
    connection = new EngineConnection(program, &q);
    QObject::connect(connection, &EngineConnection::frameArrived, &q, [this](const Frame& frame) { take(frame); });
    QObject::connect(connection, &EngineConnection::logLine, &q, &EngineClient::logMessage);
    QObject::connect(connection, &EngineConnection::ended, &q, [this](const QString& reason) { die(reason); });
    initializeId = open({[this](const Json& result) { initialized(result); },
                         [this](const Error& error) { die(QString::fromUtf8(error.what())); },
                         {}});
    connection->write(frameOf(
        Request{initializeId, "initialize", {{"protocol", rpc::kVersion}, {"client", "heedmap " HEEDMAP_VERSION}}}));
    QTimer::singleShot(kStartTimeout, connection, [this] {
        if (!ready)
            die(tr("The engine %1 did not answer when it was started.").arg(program));
    });
}

void EngineClient::Private::initialized(const Json& result)
{
    if (!result.is_object() || result.value("protocol", Json()) != rpc::kVersion) {
        die(tr("%1 speaks another version of the engine protocol. Install heedmap and its engine from one release.")
                .arg(program));
        return;
    }
    ready = true;
    for (const auto& [id, frames] : std::exchange(unsent, {}))
        connection->write(frames);
}

void EngineClient::Private::take(const Frame& frame)
{
    if (frame.kind != FrameKind::Json)
        return; // pieces of captures, which this client never asks for
    try {
        const Message message = messageFromJson(parseMessageBody(frame.body));
        if (const auto* reply = std::get_if<Reply>(&message)) {
            takeReply(reply->id, [reply](const Handlers& waiting) {
                if (waiting.onResult)
                    waiting.onResult(reply->result);
            });
        } else if (const auto* failure = std::get_if<ErrorReply>(&message)) {
            if (failure->id.is_null()) // of a request nobody will ever hear of again
                return die(tr("The engine could not read a request (%1). The next run starts it again.")
                               .arg(QString::fromStdString(failure->message)));
            takeReply(failure->id, [failure](const Handlers& waiting) {
                if (waiting.onError)
                    waiting.onError(errorFromReply(*failure));
            });
        } else if (const auto* notification = std::get_if<Notification>(&message)) {
            takeNotification(*notification);
        }
    } catch (const ProtocolError& failure) {
        die(tr("The engine sent a message that cannot be understood (%1). The next run starts it again.")
                .arg(QString::fromUtf8(failure.what())));
    }
}

void EngineClient::Private::takeReply(const Json& id, const std::function<void(const Handlers&)>& call)
{
    if (id.is_number_integer())
        answer(id.get<qint64>(), call);
}

void EngineClient::Private::takeNotification(const Notification& notification)
{
    const Json& params = notification.params;
    const auto text = [&params](const char* key) {
        const Json value = params.value(key, Json());
        return value.is_string() ? QString::fromStdString(value.get<std::string>()) : QString();
    };
    const auto number = [&params](const char* key) {
        const Json value = params.value(key, Json());
        return value.is_number_integer() ? value.get<qint64>() : 0;
    };
    if (notification.method == "$/log")
        emit q.logMessage(text("message"));
    if (notification.method != "$/progress")
        return;
    const auto found = requests.find(number("id"));
    if (found == requests.end() || !found->second.handlers.onProgress)
        return;
    const auto onProgress = found->second.handlers.onProgress; // a copy: it may answer or delete what it belongs to
    onProgress(text("stage"), number("done"), number("total"));
}

void EngineClient::Private::answerLater(qint64 id, std::function<void(const Handlers&)> call)
{
    QMetaObject::invokeMethod(
        &q, [this, id, call = std::move(call)] { answer(id, call); }, Qt::QueuedConnection);
}

void EngineClient::Private::answer(qint64 id, const std::function<void(const Handlers&)>& call)
{
    const auto node = requests.extract(id);
    if (!node)
        return;
    const QPointer<EngineClient> alive(&q);
    updateState();
    if (alive)
        call(node.mapped().handlers);
    if (alive)
        updateState();
}

void EngineClient::Private::die(const QString& reason)
{
    if (EngineConnection* lost = std::exchange(connection, nullptr))
        lost->endSoon(0s);
    const QPointer<EngineClient> alive(&q);
    const auto open = closeAll(State::Died);
    if (alive)
        emit q.died(reason);
    for (const auto& [id, request] : open) {
        if (!alive)
            return;
        if (!request.handlers.onError)
            continue;
        if (request.cancelled)
            request.handlers.onError(Error(ErrorKind::Cancelled, "The request was cancelled."));
        else
            request.handlers.onError(Error(ErrorKind::Io, reason.toStdString()));
    }
}

/// Forgets the engine process and everything it knew; returns what was open.
std::map<qint64, EngineClient::Private::OpenRequest> EngineClient::Private::closeAll(State next)
{
    ready = false;
    unsent.clear();
    held.clear();
    requests.erase(initializeId); // our own: nobody waits for it
    auto open = std::exchange(requests, {});
    setState(next);
    return open;
}

void EngineClient::Private::updateState()
{
    if (!connection)
        return;
    if (!ready)
        setState(State::Starting);
    else
        setState(requests.empty() ? State::Ready : State::Busy);
}

void EngineClient::Private::setState(State next)
{
    if (std::exchange(state, next) != next)
        emit q.stateChanged(next);
}

} // namespace heedmap
