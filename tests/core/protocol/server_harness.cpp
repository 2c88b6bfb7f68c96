#include "tests/core/protocol/server_harness.h"

#include <array>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace heedmap {

ServerHarness::ServerHarness(std::vector<Method> methods, Server::BlobHandler onBlob)
{
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe(in.data()) != 0 || ::pipe(out.data()) != 0)
        throw std::runtime_error("pipe");
    m_serverIn = in[0];
    m_toServer = in[1];
    m_fromServer = out[0];
    m_serverOut = out[1];
    m_server = std::make_unique<Server>(m_serverIn, m_serverOut, std::move(methods), std::move(onBlob));
    m_thread = std::thread([this] {
        m_status = m_server->run();
        ::close(m_serverOut);
    });
}

ServerHarness::~ServerHarness()
{
    closeInput();
    closeOutput();
    exitStatus();
    ::close(m_serverIn);
}

void ServerHarness::write(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(m_toServer, bytes.data(), bytes.size());
        if (written <= 0)
            return;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

void ServerHarness::closeInput()
{
    if (m_toServer >= 0)
        ::close(m_toServer);
    m_toServer = -1;
}

void ServerHarness::closeOutput()
{
    if (m_fromServer >= 0)
        ::close(m_fromServer);
    m_fromServer = -1;
}

std::optional<Frame> ServerHarness::readFrame()
{
    std::array<char, 65536> buffer;
    while (true) {
        if (auto frame = m_reader.next())
            return frame;
        pollfd descriptor{m_fromServer, POLLIN, 0};
        if (::poll(&descriptor, 1, 10'000) <= 0)
            return std::nullopt;
        const ssize_t count = ::read(m_fromServer, buffer.data(), buffer.size());
        if (count <= 0)
            return std::nullopt;
        m_reader.feed({buffer.data(), static_cast<std::size_t>(count)});
    }
}

Json ServerHarness::readJson()
{
    const auto frame = readFrame();
    return frame && frame->kind == FrameKind::Json ? Json::parse(frame->body) : Json();
}

Json ServerHarness::readReply()
{
    Json json = readJson();
    while (json.is_object() && json.contains("method"))
        json = readJson();
    return json;
}

int ServerHarness::exitStatus()
{
    if (m_thread.joinable())
        m_thread.join();
    return m_status;
}

} // namespace heedmap
