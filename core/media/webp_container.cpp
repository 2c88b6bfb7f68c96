#include "core/base/error.h"
#include "core/media/image_container.h"

#include <cstring>
#include <optional>
#include <string_view>

namespace heedmap {

namespace {

struct Chunk
{
    std::string_view type;
    std::span<const std::byte> payload;
    std::size_t paddedSize = 0; ///< with its 8-byte header and, where present, the padding byte
};

Error damaged(const std::string& name, const char* what)
{
    return {ErrorKind::InvalidFile, "{} is a damaged WebP: {}", name, what};
}

Chunk readChunk(std::span<const std::byte> bytes, const std::string& name)
{
    const std::size_t length = bytes.size() >= 8 ? littleEndian32(bytes, 4) : 0;
    if (bytes.size() < 8 || length > bytes.size() - 8)
        throw Error(ErrorKind::InvalidFile, "{} is a WebP that was cut short or damaged: a part reaches beyond the end",
                    name);
    Chunk chunk;
    chunk.type = {reinterpret_cast<const char*>(bytes.data()), 4};
    chunk.payload = bytes.subspan(8, length);
    chunk.paddedSize = std::min(8 + length + (length & 1), bytes.size());
    return chunk;
}

struct Size
{
    int width = 0;
    int height = 0;
    bool alpha = false;
};

/// RFC 6386, section 9.1: a key frame's tag, start code and 14-bit sizes.
Size lossySize(std::span<const std::byte> payload, const std::string& name)
{
    if (payload.size() < 10 || (byteAt(payload, 0) & 1) != 0 || littleEndian24(payload, 3) != 0x2a019d)
        throw damaged(name, "its VP8 frame has no valid header");
    return {static_cast<int>(littleEndian16(payload, 6) & 0x3fff),
            static_cast<int>(littleEndian16(payload, 8) & 0x3fff), false};
}

/// RFC 9649, section 3.4: signature, 14-bit sizes less one, alpha bit.
Size losslessSize(std::span<const std::byte> payload, const std::string& name)
{
    if (payload.size() < 5 || byteAt(payload, 0) != 0x2f)
        throw damaged(name, "its VP8L picture has no valid header");
    const std::uint32_t bits = littleEndian32(payload, 1);
    return {static_cast<int>(bits & 0x3fff) + 1, static_cast<int>(bits >> 14 & 0x3fff) + 1, (bits >> 28 & 1) != 0};
}

void putLittleEndian32(std::vector<std::byte>& bytes, std::size_t value)
{
    for (int shift = 0; shift < 32; shift += 8)
        bytes.push_back(static_cast<std::byte>(value >> shift & 0xff));
}

class WebpWalk
{
public:
    WebpWalk(std::span<const std::byte> file, const std::string& name) : m_file(file), m_name(name) {}

    ImageContainer run()
    {
        m_container.header.mediaType = "image/webp";
        walkChunks(riffPayload(), false);
        if (!m_picture)
            throw damaged(m_name, "it has no pixel data");
        settleSizes();
        wrapPicture();
        return std::move(m_container);
    }

private:
    std::span<const std::byte> riffPayload() const
    {
        const std::size_t size = littleEndian32(m_file, 4);
        if (size > m_file.size() - 8)
            throw Error(ErrorKind::InvalidFile, "{} is a WebP that was cut short: {} of {} bytes are there", m_name,
                        m_file.size(), size + 8);
        if (size < 4)
            throw damaged(m_name, "its RIFF header states no content");
        return m_file.subspan(12, size - 4);
    }

    void walkChunks(std::span<const std::byte> bytes, bool insideFrame)
    {
        while (bytes.size() >= 8 || (!bytes.empty() && !m_picture)) {
            const Chunk chunk = readChunk(bytes, m_name);
            takeChunk(chunk, insideFrame);
            bytes = bytes.subspan(chunk.paddedSize);
        }
    }

    void takeChunk(const Chunk& chunk, bool insideFrame)
    {
        if ((chunk.type == "VP8 " || chunk.type == "VP8L") && !m_picture) {
            m_picture = chunk;
            m_size = chunk.type == "VP8 " ? lossySize(chunk.payload, m_name) : losslessSize(chunk.payload, m_name);
            m_container.header.hasAlpha |= m_size.alpha;
        } else if (chunk.type == "ALPH" && !m_picture) {
            m_container.header.hasAlpha = true;
        } else if (chunk.type == "VP8X" && !insideFrame) {
            readCanvas(chunk.payload);
        } else if (chunk.type == "ANMF" && !insideFrame && !m_picture) {
            readFrame(chunk.payload);
        } else if (chunk.type == "EXIF" && !insideFrame && m_container.exif.empty()) {
            m_container.exif = withoutExifHeader(chunk.payload);
        }
    }

    void readCanvas(std::span<const std::byte> payload)
    {
        if (payload.size() < 10 || m_canvas)
            throw damaged(m_name, "its VP8X header is too short or stands twice");
        m_canvas = {static_cast<int>(littleEndian24(payload, 4)) + 1, static_cast<int>(littleEndian24(payload, 7)) + 1,
                    (byteAt(payload, 0) & 0x10) != 0};
        m_container.header.hasAlpha |= m_canvas->alpha;
        checkDimensions(m_canvas->width, m_canvas->height, m_name);
    }

    /// The first frame of an animation: position (in steps of 2), size, duration and flags, then the picture's own
    /// chunks.
    void readFrame(std::span<const std::byte> payload)
    {
        if (payload.size() < 16)
            throw damaged(m_name, "its first frame has no header");
        m_container.frameX = static_cast<int>(littleEndian24(payload, 0)) * 2;
        m_container.frameY = static_cast<int>(littleEndian24(payload, 3)) * 2;
        walkChunks(payload.subspan(16), true);
        if (!m_picture)
            throw damaged(m_name, "its first frame has no pixel data");
    }

    static std::span<const std::byte> withoutExifHeader(std::span<const std::byte> payload)
    {
        constexpr std::string_view kHeader("Exif\0\0", 6);
        const bool present =
            payload.size() > kHeader.size() && std::memcmp(payload.data(), kHeader.data(), kHeader.size()) == 0;
        return present ? payload.subspan(kHeader.size()) : payload;
    }

    void settleSizes()
    {
        checkDimensions(m_size.width, m_size.height, m_name);
        const Size canvas = m_canvas.value_or(m_size);
        if (m_container.frameX + m_size.width > canvas.width || m_container.frameY + m_size.height > canvas.height)
            throw damaged(m_name, "its picture is larger than its canvas");
        m_container.header.storedWidth = canvas.width;
        m_container.header.storedHeight = canvas.height;
        m_container.frameWidth = m_size.width;
        m_container.frameHeight = m_size.height;
    }

    /// The picture alone as a file of the simple form. A separate alpha plane is left out: colours do not depend on it.
    void wrapPicture()
    {
        const std::size_t length = m_picture->payload.size();
        auto& preamble = m_container.preamble;
        const auto put = [&preamble](std::string_view text) {
            for (const char c : text)
                preamble.push_back(static_cast<std::byte>(c));
        };
        put("RIFF");
        putLittleEndian32(preamble, 4 + 8 + length + (length & 1));
        put("WEBP");
        put(m_picture->type);
        putLittleEndian32(preamble, length);
        static constexpr std::byte kPadding[1]{};
        m_container.addPart(m_picture->payload);
        if ((length & 1) != 0)
            m_container.pixelParts.emplace_back(kPadding);
    }

    std::span<const std::byte> m_file;
    const std::string& m_name;
    ImageContainer m_container;
    std::optional<Size> m_canvas;
    std::optional<Chunk> m_picture;
    Size m_size;
};

} // namespace

bool hasWebpSignature(std::span<const std::byte> file)
{
    return file.size() >= 12 && std::memcmp(file.data(), "RIFF", 4) == 0 &&
           std::memcmp(file.data() + 8, "WEBP", 4) == 0;
}

ImageContainer walkWebp(std::span<const std::byte> file, const std::string& name)
{
    return WebpWalk(file, name).run();
}

} // namespace heedmap
