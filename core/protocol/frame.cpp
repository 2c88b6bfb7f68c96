#include "core/protocol/frame.h"

#include "core/base/utf8.h"
#include "core/protocol/message.h"

#include <algorithm>
#include <charconv>

namespace heedmap {

namespace {

[[noreturn]] void throwMalformed(std::string_view what, std::string_view line)
{
    throw ProtocolError(rpc::kParseError, "malformed message header: {}: \"{}\"; the stream cannot be read any further",
                        what, printable(line));
}

bool equalsIgnoringCase(std::string_view a, std::string_view lower)
{
    return std::ranges::equal(a, lower,
                              [](char x, char y) { return (x >= 'A' && x <= 'Z' ? char(x - 'A' + 'a') : x) == y; });
}

std::string_view trimmed(std::string_view text)
{
    const auto isBlank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && isBlank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isBlank(text.back()))
        text.remove_suffix(1);
    return text;
}

std::uint64_t decimal(std::string_view text, std::string_view line)
{
    std::uint64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code == std::errc::result_out_of_range)
        throw Error(ErrorKind::TooLarge, "message header \"{}\" announces more than any message may have ({} bytes)",
                    printable(line), kMaxFrameBodyBytes);
    if (code != std::errc() || end != text.data() + text.size())
        throwMalformed("not a whole number", line);
    return value;
}

bool isNameCharacter(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '.';
}

bool isName(std::string_view text)
{
    return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, isNameCharacter);
}

} // namespace

std::string encodeJsonFrame(std::string_view body)
{
    std::string frame = fmt::format("Content-Length: {}\r\n\r\n", body.size());
    frame += body;
    return frame;
}

std::string encodeBlobHeader(std::string_view blobId, std::uint64_t offset, std::size_t byteCount)
{
    return fmt::format("Content-Length: {}\r\nContent-Type: application/octet-stream\r\nBlob-Id: {}\r\nBlob-Offset: "
                       "{}\r\n\r\n",
                       byteCount, blobId, offset);
}

void FrameReader::feed(std::string_view bytes)
{
    if (!m_broken)
        m_buffer += bytes;
}

std::optional<Frame> FrameReader::next()
{
    if (m_broken)
        throw ProtocolError(rpc::kParseError, "the stream of messages is broken; start the connection again");
    try {
        if (!m_headerComplete && !readHeader())
            return std::nullopt;
    } catch (const Error&) {
        m_broken = true;
        m_buffer.clear();
        throw;
    }
    if (m_buffer.size() - m_consumed < *m_header.contentLength)
        return std::nullopt;
    Frame frame{m_header.kind, m_buffer.substr(m_consumed, *m_header.contentLength), std::move(m_header.blobId),
                m_header.blobOffset.value_or(0)};
    m_consumed += frame.body.size();
    m_header = {};
    m_headerComplete = false;
    compact();
    return frame;
}

bool FrameReader::atFrameBoundary() const
{
    return !m_broken && !m_headerComplete && m_header.bytes == 0 && m_buffer.size() == m_consumed;
}

bool FrameReader::readHeader()
{
    while (!m_headerComplete)
        if (!readHeaderLine())
            return false;
    checkHeader();
    return true;
}

/// Consumes one line as soon as it is there, so that what is no header is noticed at its first line.
bool FrameReader::readHeaderLine()
{
    const std::string_view rest = std::string_view(m_buffer).substr(m_consumed);
    const std::size_t allowed = kMaxFrameHeaderBytes - m_header.bytes;
    const std::size_t newline = rest.substr(0, allowed).find('\n');
    if (newline == std::string_view::npos) {
        if (rest.size() >= allowed)
            throw Error(ErrorKind::TooLarge, "a message header is longer than {} bytes", kMaxFrameHeaderBytes);
        return false;
    }
    const std::string_view line = rest.substr(0, newline);
    if (line.empty() || line.back() != '\r')
        throwMalformed("a line does not end with CR LF", line);
    m_consumed += newline + 1;
    m_header.bytes += newline + 1;
    m_headerComplete = line.size() == 1;
    if (!m_headerComplete)
        takeHeaderField(line.substr(0, line.size() - 1));
    return true;
}

void FrameReader::takeHeaderField(std::string_view line)
{
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !isName(line.substr(0, colon)))
        throwMalformed("not \"Name: value\"", line);
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (equalsIgnoringCase(name, "content-length")) {
        if (m_header.contentLength)
            throwMalformed("Content-Length stands twice", line);
        const std::uint64_t length = decimal(value, line);
        if (length > kMaxFrameBodyBytes)
            throw Error(ErrorKind::TooLarge, "a message of {} bytes was announced; at most {} are accepted", length,
                        kMaxFrameBodyBytes);
        m_header.contentLength = static_cast<std::size_t>(length);
    } else if (equalsIgnoringCase(name, "content-type")) {
        const std::string_view type = trimmed(value.substr(0, value.find(';')));
        const bool isBlob = equalsIgnoringCase(type, "application/octet-stream");
        if (!isBlob && !equalsIgnoringCase(type, "application/json"))
            throwMalformed("Content-Type is neither application/json nor application/octet-stream", line);
        m_header.kind = isBlob ? FrameKind::Blob : FrameKind::Json;
    } else if (equalsIgnoringCase(name, "blob-id")) {
        if (!isName(value))
            throwMalformed("not the id of a blob", line);
        m_header.blobId = value;
    } else if (equalsIgnoringCase(name, "blob-offset")) {
        m_header.blobOffset = decimal(value, line);
    }
}

void FrameReader::checkHeader() const
{
    if (!m_header.contentLength)
        throwMalformed("Content-Length is missing", "");
    if (m_header.kind == FrameKind::Blob && (m_header.blobId.empty() || !m_header.blobOffset))
        throwMalformed("an octet-stream needs Blob-Id and Blob-Offset", m_header.blobId);
}

/// Moves unread bytes to the front once the used part is worth it, so that feeding stays linear in time.
void FrameReader::compact()
{
    if (m_consumed == m_buffer.size()) {
        m_buffer.clear();
        m_consumed = 0;
    } else if (m_consumed > m_buffer.size() / 2) {
        m_buffer.erase(0, m_consumed);
        m_consumed = 0;
    }
    if (m_buffer.empty() && m_buffer.capacity() > kMaxFrameHeaderBytes * 64)
        m_buffer.shrink_to_fit();
}

} // namespace heedmap
