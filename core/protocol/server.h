#pragma once

#include "core/protocol/frame.h"
#include "core/protocol/frame_writer.h"
#include "core/protocol/message.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace heedmap {

class Server;

/// One open request as its handler sees it. Thread-safe. Answered once; further answers are dropped.
class RequestContext
{
public:
    RequestContext(Server& server, Json id) : m_server(server), m_id(std::move(id)) {}

    const Json& id() const { return m_id; }
    /// Asked to stop when the request is cancelled or the server ends.
    std::stop_token stopToken() const { return m_stop.get_token(); }
    void throwIfCancelled() const; ///< Error Cancelled
    /// Sent to the client, unless the last progress of any request is less than 1/30 s ago.
    void progress(const std::string& stage, std::int64_t done, std::int64_t total);
    void sendBlob(const std::string& blobId, std::uint64_t offset, std::span<const std::byte> bytes);
    void reply(const Json& result);
    void fail(const std::exception& failure);

private:
    friend class Server;

    Server& m_server;
    Json m_id;
    std::stop_source m_stop;
};

/// Answers a request with its result, or nothing when it has kept `request` and will answer later. What it throws is
/// answered with an error.
using Handler = std::function<std::optional<Json>(const Json& params, const std::shared_ptr<RequestContext>& request)>;

enum class Lane
{
    Reading,  ///< carried out at once by the thread that reads: must be quick
    Computing ///< carried out one after the other by the computing thread
};

struct Method
{
    std::string name;
    Lane lane = Lane::Computing;
    Handler handle;
};

/// The engine's end of the protocol (PROTOCOL.md): reads requests from one descriptor, writes replies to another.
/// `shutdown` and `$/cancel` are its own; everything else comes from the list of methods.
class Server
{
public:
    using BlobHandler = std::function<void(const Frame& blob)>; ///< called by the reading thread; must not throw

    Server(int in, int out, std::vector<Method> methods, BlobHandler onBlob = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Serves until the input ends, `shutdown` or a stream that cannot be read any further; open requests are then
    /// cancelled. Returns the exit status: 0, or 1 after a broken stream. Call once.
    int run();

private:
    friend class RequestContext;
    struct Job
    {
        std::shared_ptr<RequestContext> request;
        const Method* method;
        Json params;
    };

    bool serveFrames(FrameReader& reader, std::string_view bytes); ///< false when the stream is broken
    void takeBody(const std::string& body);
    void take(const Request& request);
    void take(const Notification& notification);
    void cancel(const Json& id);
    void perform(const Job& job);
    void computeLoop();
    void endComputing();
    const Method& methodCalled(const std::string& name) const;
    void answer(const RequestContext& request, const Message& message);
    void sendProgress(const RequestContext& request, const std::string& stage, std::int64_t done, std::int64_t total);

    int m_in;
    FrameWriter m_writer;
    std::vector<Method> m_methods;
    BlobHandler m_onBlob;
    bool m_shutdown = false; ///< reading thread only

    std::mutex m_mutex; ///< guards what follows
    std::condition_variable m_wake;
    std::map<Json, std::shared_ptr<RequestContext>> m_open;
    std::deque<Job> m_queue;
    bool m_ending = false;
    std::chrono::steady_clock::time_point m_lastProgress{};

    std::thread m_computing;
};

} // namespace heedmap
