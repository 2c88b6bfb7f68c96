#include "tests/app/engine/engine_harness.h"

#include "app/engine/engine.h"
#include "core/base/files.h"

#include <array>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>

namespace heedmap {

EngineHarness::EngineHarness()
{
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe(in.data()) != 0 || ::pipe(out.data()) != 0)
        throw std::runtime_error("pipe");
    m_toEngine = in[1];
    m_fromEngine = out[0];
    m_thread = std::thread([in = in[0], out = out[1]] {
        serveEngine(in, out);
        ::close(in);
        ::close(out);
    });
}

EngineHarness::~EngineHarness()
{
    ::close(m_toEngine);
    m_thread.join();
    ::close(m_fromEngine);
}

Json EngineHarness::prepareQuestion(const std::string& question)
{
    const Json info = call("model/open", {{"path", blipFixture("models/qa")}});
    const std::string picture = put(fileText(blipFixture("pictures/wide.png")));
    return {
        {"model", info["model"]},
        {"inputs", {{"picture", {{"content", picture}, {"name", "wide.png"}}}, {"question", {{"text", question}}}}}};
}

void EngineHarness::write(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(m_toEngine, bytes.data(), bytes.size());
        if (written <= 0)
            throw std::runtime_error("the engine stopped reading");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

int EngineHarness::send(const std::string& method, const Json& params)
{
    write(encodeJsonFrame(textFromMessage(Request{++m_lastId, method, params})));
    return m_lastId;
}

void EngineHarness::cancel(int id)
{
    write(encodeJsonFrame(textFromMessage(Notification{"$/cancel", {{"id", id}}})));
}

Json EngineHarness::call(const std::string& method, const Json& params)
{
    send(method, params);
    const Json reply = readReply();
    return reply.contains("result") ? reply["result"] : Json{{"error", reply.value("error", Json())}};
}

std::optional<Frame> EngineHarness::readFrame()
{
    std::array<char, 65536> buffer;
    while (true) {
        if (auto frame = m_reader.next())
            return frame;
        pollfd descriptor{m_fromEngine, POLLIN, 0};
        if (::poll(&descriptor, 1, 120'000) <= 0)
            return std::nullopt;
        const ssize_t count = ::read(m_fromEngine, buffer.data(), buffer.size());
        if (count <= 0)
            return std::nullopt;
        m_reader.feed({buffer.data(), static_cast<std::size_t>(count)});
    }
}

Json EngineHarness::readReply()
{
    while (auto frame = readFrame()) {
        if (frame->kind == FrameKind::Blob) {
            blobs.push_back(std::move(*frame));
            continue;
        }
        Json json = Json::parse(frame->body);
        if (!json.contains("method"))
            return json;
        progress.push_back(std::move(json));
    }
    return Json::object();
}

std::string EngineHarness::put(const std::string& bytes)
{
    const std::string id = sha256Hex(asBytes(bytes));
    send("input/put", {{"id", id}, {"byte_count", bytes.size()}});
    write(encodeBlobHeader(id, 0, bytes.size()));
    write(bytes);
    readReply();
    return id;
}

std::string blipFixture(const std::string& path)
{
    return HEEDMAP_SOURCE_DIR "/tests/fixtures/blip/" + path;
}

std::string fileText(const std::string& path)
{
    return readTextFile(path, std::size_t{64} << 20);
}

} // namespace heedmap
