#include "core/protocol/server.h"

#include "core/base/nearest_names.h"
#include "core/base/utf8.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <unistd.h>

namespace heedmap {

namespace {

constexpr std::size_t kMaxOpenRequests = 256;
constexpr auto kProgressInterval = std::chrono::microseconds(1'000'000 / 30 + 1);

/// Bytes read, 0 at the end of the stream or after an error of the descriptor.
std::size_t readSome(int descriptor, std::span<char> buffer)
{
    while (true) {
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count >= 0)
            return static_cast<std::size_t>(count);
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            pollfd waiting{descriptor, POLLIN, 0};
            ::poll(&waiting, 1, -1);
        } else if (errno != EINTR) {
            return 0;
        }
    }
}

Error cancelled()
{
    return {ErrorKind::Cancelled, "The request was cancelled."};
}

} // namespace

void RequestContext::throwIfCancelled() const
{
    if (m_stop.stop_requested())
        throw cancelled();
}

void RequestContext::progress(const std::string& stage, std::int64_t done, std::int64_t total)
{
    m_server.sendProgress(*this, stage, done, total);
}

void RequestContext::sendBlob(const std::string& blobId, std::uint64_t offset, std::span<const std::byte> bytes)
{
    m_server.m_writer.sendBlob(blobId, offset, bytes);
}

void RequestContext::reply(const Json& result)
{
    m_server.answer(*this, Reply{m_id, result});
}

void RequestContext::fail(const std::exception& failure)
{
    m_server.answer(*this, errorReply(m_id, failure));
}

Server::Server(int in, int out, std::vector<Method> methods, BlobHandler onBlob)
    : m_in(in), m_writer(out), m_methods(std::move(methods)), m_onBlob(std::move(onBlob))
{
    std::signal(SIGPIPE, SIG_IGN); // a front end that went away is the end of the input, not of us
    m_computing = std::thread([this] { computeLoop(); });
}

Server::~Server()
{
    endComputing();
}

int Server::run()
{
    FrameReader reader;
    std::array<char, 65536> buffer;
    bool readable = true;
    while (readable && !m_shutdown && !m_writer.broken()) {
        const std::size_t count = readSome(m_in, buffer);
        if (count == 0)
            break;
        readable = serveFrames(reader, {buffer.data(), count});
    }
    endComputing();
    return readable ? 0 : 1;
}

bool Server::serveFrames(FrameReader& reader, std::string_view bytes)
{
    try {
        reader.feed(bytes);
        while (!m_shutdown) {
            const std::optional<Frame> frame = reader.next();
            if (!frame)
                break;
            if (frame->kind == FrameKind::Json)
                takeBody(frame->body);
            else if (m_onBlob)
                m_onBlob(*frame);
        }
        return true;
    } catch (const std::exception& failure) {
        m_writer.send(errorReply(nullptr, failure));
        return false;
    }
}

void Server::takeBody(const std::string& body)
{
    Json id;
    try {
        const Json json = parseMessageBody(body);
        id = messageIdOf(json);
        const Message message = messageFromJson(json);
        if (const auto* request = std::get_if<Request>(&message))
            take(*request);
        else if (const auto* notification = std::get_if<Notification>(&message))
            take(*notification);
        // Replies answer nothing: an engine asks no questions.
    } catch (const std::exception& failure) {
        m_writer.send(errorReply(id, failure));
    }
}

void Server::take(const Request& request)
{
    if (request.method == "shutdown") {
        m_shutdown = true;
        endComputing();
        m_writer.send(Reply{request.id, Json::object()});
        return;
    }
    Job job{std::make_shared<RequestContext>(*this, request.id), &methodCalled(request.method), request.params};
    const bool queued = job.method->lane == Lane::Computing;
    {
        const std::lock_guard lock(m_mutex);
        if (m_open.contains(request.id))
            throw ProtocolError(rpc::kInvalidRequest, "request id {} is in use by a request that is not answered yet",
                                printable(request.id.dump()));
        if (m_open.size() >= kMaxOpenRequests)
            throw Error(ErrorKind::TooLarge, "{} requests are open already; wait for answers", kMaxOpenRequests);
        m_open[request.id] = job.request;
        if (queued)
            m_queue.push_back(job);
    }
    if (queued)
        m_wake.notify_one();
    else
        perform(job);
}

void Server::take(const Notification& notification)
{
    if (notification.method == "$/cancel" && notification.params.contains("id"))
        cancel(notification.params["id"]);
}

void Server::cancel(const Json& id)
{
    std::shared_ptr<RequestContext> request;
    bool wasQueued = false;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_open.find(id);
        if (found == m_open.end())
            return; // answered already
        request = found->second;
        wasQueued = std::erase_if(m_queue, [&](const Job& job) { return job.request == request; }) > 0;
    }
    request->m_stop.request_stop();
    if (wasQueued)
        request->fail(cancelled());
}

void Server::perform(const Job& job)
{
    try {
        if (const std::optional<Json> result = job.method->handle(job.params, job.request))
            job.request->reply(*result);
    } catch (const std::exception& failure) {
        job.request->fail(failure);
    } catch (...) {
        job.request->fail(Error(ErrorKind::Internal, "{} failed in a way it should not", job.method->name));
    }
}

void Server::computeLoop()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_wake.wait(lock, [this] { return m_ending || !m_queue.empty(); });
        if (m_ending)
            return;
        const Job job = std::move(m_queue.front());
        m_queue.pop_front();
        lock.unlock();
        perform(job);
        lock.lock();
    }
}

/// Cancels what is open and waits for the computing thread, so that a run cut short cleans up after itself.
void Server::endComputing()
{
    std::vector<std::shared_ptr<RequestContext>> open;
    std::deque<Job> queue;
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
        for (const auto& [id, request] : m_open)
            open.push_back(request);
        queue.swap(m_queue);
    }
    for (const auto& request : open)
        request->m_stop.request_stop();
    for (const Job& job : queue)
        job.request->fail(cancelled());
    m_wake.notify_all();
    if (m_computing.joinable())
        m_computing.join();
}

const Method& Server::methodCalled(const std::string& name) const
{
    std::vector<std::string> names{"shutdown"};
    for (const Method& method : m_methods) {
        if (method.name == name)
            return method;
        names.push_back(method.name);
    }
    throw ProtocolError(rpc::kMethodNotFound, "there is no method \"{}\"{}", printable(name), didYouMean(name, names));
}

void Server::answer(const RequestContext& request, const Message& message)
{
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_open.find(request.m_id);
        if (found == m_open.end() || found->second.get() != &request)
            return; // answered before; the id may even belong to a later request by now
        m_open.erase(found);
    }
    m_writer.send(message);
}

void Server::sendProgress(const RequestContext& request, const std::string& stage, std::int64_t done,
                          std::int64_t total)
{
    const auto now = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(m_mutex);
        if (now - m_lastProgress < kProgressInterval)
            return;
        m_lastProgress = now;
    }
    m_writer.send(
        Notification{"$/progress", {{"id", request.m_id}, {"stage", stage}, {"done", done}, {"total", total}}});
}

} // namespace heedmap
