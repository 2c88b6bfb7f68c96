#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace heedmap {

/// Limits of PROTOCOL.md, "Frames".
constexpr std::size_t kMaxFrameHeaderBytes = 4096;
constexpr std::size_t kMaxFrameBodyBytes = 16'777'216;
/// Senders cut blobs into frames of this size.
constexpr std::size_t kBlobFrameBytes = 8'388'608;

enum class FrameKind
{
    Json,
    Blob
};

struct Frame
{
    FrameKind kind = FrameKind::Json;
    std::string body;
    std::string blobId; ///< Blob
    std::uint64_t blobOffset = 0;
};

/// Header and body of a JSON message. Precondition: at most kMaxFrameBodyBytes.
std::string encodeJsonFrame(std::string_view body);
/// The header alone of a blob frame; `byteCount` bytes must follow.
std::string encodeBlobHeader(std::string_view blobId, std::uint64_t offset, std::size_t byteCount);

/// Cuts a stream of bytes into frames. Not thread-safe.
class FrameReader
{
public:
    void feed(std::string_view bytes);
    /// The next whole frame; nothing when more bytes are needed. Errors: ProtocolError (malformed header) and Error
    /// TooLarge (length or header block above the limit). Nothing can follow such an error: every later call repeats
    /// it.
    std::optional<Frame> next();
    /// True when the stream could end here without cutting a frame.
    bool atFrameBoundary() const;

private:
    struct Header
    {
        std::optional<std::size_t> contentLength;
        FrameKind kind = FrameKind::Json;
        std::string blobId;
        std::optional<std::uint64_t> blobOffset;
        std::size_t bytes = 0; ///< read so far of this header block
    };

    bool readHeader();
    bool readHeaderLine();
    void takeHeaderField(std::string_view line);
    void checkHeader() const;
    void compact();

    std::string m_buffer;
    std::size_t m_consumed = 0; ///< bytes of m_buffer already used
    Header m_header;
    bool m_headerComplete = false;
    bool m_broken = false;
};

} // namespace heedmap
