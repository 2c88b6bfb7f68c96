#include "core/base/error.h"
#include "core/media/image_container.h"

#include <cstring>
#include <string_view>

namespace heedmap {

namespace {

// ITU-T T.81, table B.1
constexpr std::uint32_t kStartOfImage = 0xd8, kEndOfImage = 0xd9, kStartOfScan = 0xda, kApp0 = 0xe0, kApp1 = 0xe1,
                        kApp14 = 0xee, kHuffmanTables = 0xc4, kJpegExtension = 0xc8, kArithmeticConditioning = 0xcc;

// Progressive pictures have about ten scans. Thousands of empty ones over a large picture would take hours to decode.
constexpr int kMaxScans = 100;

bool isRestartMarker(std::uint32_t marker)
{
    return marker >= 0xd0 && marker <= 0xd7;
}

bool isFrameMarker(std::uint32_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != kHuffmanTables && marker != kJpegExtension &&
           marker != kArithmeticConditioning;
}

class JpegWalk
{
public:
    JpegWalk(std::span<const std::byte> file, const std::string& name) : m_file(file), m_name(name) {}

    ImageContainer run()
    {
        m_container.header.mediaType = "image/jpeg";
        m_container.addPart(m_file.first(2));
        m_offset = 2;
        for (std::uint32_t marker = nextMarker(); marker != kEndOfImage; marker = nextMarker())
            takeMarker(marker);
        m_container.addPart(m_file.subspan(m_offset - 2, 2));
        if (m_scans == 0)
            throw damaged("it has no pixel data");
        m_container.frameWidth = m_container.header.storedWidth;
        m_container.frameHeight = m_container.header.storedHeight;
        return std::move(m_container);
    }

private:
    Error damaged(const std::string& what) const
    {
        return {ErrorKind::InvalidFile, "{} is a damaged JPEG: {}", m_name, what};
    }

    Error cutShort() const
    {
        return {ErrorKind::InvalidFile, "{} is a JPEG that was cut short: it ends at byte {} without an end marker",
                m_name, m_file.size()};
    }

    /// Skips to the next marker and past it. Padding bytes (0xff) before it and stray bytes between segments are
    /// allowed.
    std::uint32_t nextMarker()
    {
        while (true) {
            const std::size_t left = m_file.size() - m_offset;
            const void* found = std::memchr(m_file.data() + m_offset, 0xff, left);
            if (!found)
                throw cutShort();
            m_offset = static_cast<const std::byte*>(found) - m_file.data();
            while (m_offset < m_file.size() && byteAt(m_file, m_offset) == 0xff)
                ++m_offset;
            if (m_offset == m_file.size())
                throw cutShort();
            const std::uint32_t marker = byteAt(m_file, m_offset++);
            if (marker != 0)
                return marker;
        }
    }

    void takeMarker(std::uint32_t marker)
    {
        constexpr std::uint32_t kTemporary = 0x01;
        if (isRestartMarker(marker) || marker == kTemporary)
            return;
        if (marker == kStartOfImage)
            throw damaged("a second picture starts inside it");
        const std::size_t left = m_file.size() - m_offset;
        if (left < 2)
            throw cutShort();
        const std::size_t length = bigEndian16(m_file, m_offset);
        if (length < 2)
            throw damaged("a segment states a length below 2");
        if (length > left)
            throw cutShort();
        const auto whole = m_file.subspan(m_offset - 2, length + 2);
        const auto payload = whole.subspan(4);
        m_offset += length;
        takeSegment(marker, whole, payload);
    }

    void takeSegment(std::uint32_t marker, std::span<const std::byte> whole, std::span<const std::byte> payload)
    {
        constexpr std::uint32_t kComment = 0xfe;
        if (marker == kApp1)
            readExif(payload);
        if (isFrameMarker(marker))
            readFrame(marker, payload);
        // JFIF and Adobe segments say how colours are coded; the other application segments are metadata.
        const bool metadata =
            (marker >= kApp0 && marker <= 0xef && marker != kApp0 && marker != kApp14) || marker == kComment;
        if (metadata)
            return;
        m_container.addPart(whole);
        if (marker == kStartOfScan)
            takeScan();
    }

    void readExif(std::span<const std::byte> payload)
    {
        constexpr std::string_view kHeader("Exif\0\0", 6);
        const bool exif =
            payload.size() > kHeader.size() && std::memcmp(payload.data(), kHeader.data(), kHeader.size()) == 0;
        if (exif && m_container.exif.empty())
            m_container.exif = payload.subspan(kHeader.size());
    }

    void readFrame(std::uint32_t marker, std::span<const std::byte> payload)
    {
        constexpr std::uint32_t kBaseline = 0xc0, kProgressive = 0xc2;
        if (m_hasFrame)
            throw damaged("it has two frame headers");
        if (payload.size() < 6 || payload.size() != 6 + 3 * byteAt(payload, 5))
            throw damaged("its frame header has a wrong length");
        const std::uint32_t bits = byteAt(payload, 0);
        const std::uint32_t components = byteAt(payload, 5);
        if (marker < kBaseline || marker > kProgressive || bits != 8)
            throw Error(ErrorKind::Unsupported,
                        "{} is a JPEG of a rare kind (lossless, hierarchical, arithmetic-coded or {} bits a sample); "
                        "save it as a baseline or progressive JPEG or as PNG",
                        m_name, bits);
        if (components != 1 && components != 3 && components != 4)
            throw Error(ErrorKind::Unsupported, "{} is a JPEG with {} colour components; 1, 3 and 4 are read", m_name,
                        components);
        const std::uint32_t height = bigEndian16(payload, 1);
        const std::uint32_t width = bigEndian16(payload, 3);
        checkDimensions(width, height, m_name);
        m_container.header.storedWidth = static_cast<int>(width);
        m_container.header.storedHeight = static_cast<int>(height);
        m_hasFrame = true;
    }

    /// Entropy-coded data: up to the next marker that is neither a stuffed zero nor a restart.
    void takeScan()
    {
        if (!m_hasFrame)
            throw damaged("pixel data stand before the frame header");
        if (++m_scans > kMaxScans)
            throw Error(ErrorKind::TooLarge, "{} is a JPEG with more than {} scans; save it anew", m_name, kMaxScans);
        const std::size_t begin = m_offset;
        std::uint32_t marker = nextMarker();
        while (isRestartMarker(marker))
            marker = nextMarker();
        m_offset -= 2;
        m_container.addPart(m_file.subspan(begin, m_offset - begin));
    }

    std::span<const std::byte> m_file;
    const std::string& m_name;
    ImageContainer m_container;
    std::size_t m_offset = 0;
    bool m_hasFrame = false;
    int m_scans = 0;
};

} // namespace

bool hasJpegSignature(std::span<const std::byte> file)
{
    return file.size() >= 3 && byteAt(file, 0) == 0xff && byteAt(file, 1) == kStartOfImage && byteAt(file, 2) == 0xff;
}

ImageContainer walkJpeg(std::span<const std::byte> file, const std::string& name)
{
    return JpegWalk(file, name).run();
}

} // namespace heedmap
