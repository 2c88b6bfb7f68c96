#include "core/protocol/frame_writer.h"

#include "core/protocol/frame.h"

#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace heedmap {

namespace {

/// The same message, or, when its text is longer than a frame may be, an error in its place.
std::string textWithinLimit(const Message& message)
{
    std::string text = textFromMessage(message);
    if (text.size() <= kMaxFrameBodyBytes)
        return text;
    Json id;
    if (const auto* reply = std::get_if<Reply>(&message))
        id = reply->id;
    const Error tooLarge(ErrorKind::TooLarge, "the answer has {} bytes; a message may have {}", text.size(),
                         kMaxFrameBodyBytes);
    return textFromMessage(errorReply(id, tooLarge));
}

} // namespace

void FrameWriter::send(const Message& message)
{
    const std::string frame = encodeJsonFrame(textWithinLimit(message));
    const std::lock_guard lock(m_mutex);
    writeAll(frame.data(), frame.size());
}

void FrameWriter::sendBlob(const std::string& blobId, std::uint64_t offset, std::span<const std::byte> bytes)
{
    const std::string header = encodeBlobHeader(blobId, offset, bytes.size());
    const std::lock_guard lock(m_mutex);
    writeAll(header.data(), header.size());
    writeAll(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void FrameWriter::writeAll(const char* data, std::size_t size)
{
    while (size > 0 && !m_broken) {
        const ssize_t written = ::write(m_descriptor, data, size);
        if (written > 0) {
            data += written;
            size -= static_cast<std::size_t>(written);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            pollfd descriptor{m_descriptor, POLLOUT, 0}; // whoever started us may share a non-blocking pipe
            ::poll(&descriptor, 1, -1);
        } else if (errno != EINTR) {
            m_broken = true;
        }
    }
}

} // namespace heedmap
