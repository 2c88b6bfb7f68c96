#pragma once

#include "core/protocol/server.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace heedmap {

/// A server at the far end of two pipes, spoken to in literal bytes.
class ServerHarness
{
public:
    explicit ServerHarness(std::vector<Method> methods, Server::BlobHandler onBlob = {});
    ~ServerHarness();

    Server& server() { return *m_server; }
    void write(std::string_view bytes);
    void writeJson(std::string_view body) { write(encodeJsonFrame(body)); }
    void closeInput();
    void closeOutput();
    /// The next frame; nothing when the output ended or nothing came for ten seconds.
    std::optional<Frame> readFrame();
    /// The next frame as JSON, null when there is none.
    Json readJson();
    /// The next reply, passing over notifications.
    Json readReply();
    int exitStatus(); ///< waits for run() to return

private:
    int m_toServer = -1;
    int m_fromServer = -1;
    int m_serverIn = -1;
    int m_serverOut = -1;
    FrameReader m_reader;
    std::unique_ptr<Server> m_server;
    std::thread m_thread;
    int m_status = -1;
};

} // namespace heedmap
