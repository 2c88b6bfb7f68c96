#pragma once

#include "core/protocol/message.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>

namespace heedmap {

/// Writes whole frames to a file descriptor, from any thread. The descriptor is not owned. When the other end is gone,
/// what is written is dropped and `broken` becomes true: there is nobody left to tell.
class FrameWriter
{
public:
    explicit FrameWriter(int descriptor) : m_descriptor(descriptor) {}

    /// A reply whose body would be above the limit is sent as an error TooLarge instead.
    void send(const Message& message);
    /// Precondition: at most kMaxFrameBodyBytes.
    void sendBlob(const std::string& blobId, std::uint64_t offset, std::span<const std::byte> bytes);
    bool broken() const { return m_broken; }

private:
    void writeAll(const char* data, std::size_t size); ///< with m_mutex held

    int m_descriptor;
    std::mutex m_mutex;
    std::atomic<bool> m_broken = false;
};

} // namespace heedmap
