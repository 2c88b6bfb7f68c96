#pragma once

#include "core/protocol/frame.h"
#include "core/protocol/message.h"

#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace heedmap {

/// The whole engine at the far end of two pipes, in this process.
class EngineHarness
{
public:
    EngineHarness();
    ~EngineHarness();

    int send(const std::string& method, const Json& params);
    void cancel(int id);
    /// The reply to the only open request: its result, or an object with the single member "error".
    Json call(const std::string& method, const Json& params);
    /// The next reply; blobs that come before it are added to `blobs`.
    Json readReply();
    /// Sends a file with input/put; returns its id.
    std::string put(const std::string& bytes);
    /// Opens the fixture model "qa" and sends a picture: what run/start needs for this question, without a place for
    /// the capture.
    Json prepareQuestion(const std::string& question);

    std::vector<Frame> blobs;
    std::vector<Json> progress;

private:
    void write(std::string_view bytes);
    std::optional<Frame> readFrame();

    int m_toEngine = -1;
    int m_fromEngine = -1;
    int m_lastId = 0;
    FrameReader m_reader;
    std::thread m_thread;
};

/// tests/fixtures/blip
std::string blipFixture(const std::string& path);
std::string fileText(const std::string& path);

} // namespace heedmap
