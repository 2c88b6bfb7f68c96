#include "core/base/utf8.h"

#include <algorithm>

namespace heedmap {

namespace {
bool isContinuation(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

/// Length of the well-formed sequence at the start of `bytes`, or 0 (Unicode 15, table 3-7).
std::size_t sequenceLength(std::string_view bytes)
{
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned char lead = at(0);
    if (lead < 0x80)
        return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || bytes.size() < length)
        return 0;
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    if (lead == 0xe0)
        low = 0xa0;
    else if (lead == 0xed)
        high = 0x9f;
    else if (lead == 0xf0)
        low = 0x90;
    else if (lead == 0xf4)
        high = 0x8f;
    if (at(1) < low || at(1) > high)
        return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (!isContinuation(bytes[i]))
            return 0;
    return length;
}
} // namespace

std::size_t codePointCount(std::string_view utf8)
{
    return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char byte) { return !isContinuation(byte); }));
}

std::size_t byteOffsetOf(std::string_view utf8, std::size_t index)
{
    for (std::size_t offset = 0; offset < utf8.size(); ++offset) {
        if (isContinuation(utf8[offset]))
            continue;
        if (index == 0)
            return offset;
        --index;
    }
    return utf8.size();
}

std::string_view slice(std::string_view utf8, std::size_t begin, std::size_t end)
{
    const std::size_t first = byteOffsetOf(utf8, begin);
    const std::string_view rest = utf8.substr(first);
    return rest.substr(0, byteOffsetOf(rest, end > begin ? end - begin : 0));
}

bool isValidUtf8(std::string_view bytes)
{
    while (!bytes.empty()) {
        const std::size_t length = sequenceLength(bytes);
        if (length == 0)
            return false;
        bytes.remove_prefix(length);
    }
    return true;
}

std::string repairedUtf8(std::string_view bytes)
{
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        const std::size_t length = sequenceLength(bytes);
        text += length == 0 ? "\uFFFD" : bytes.substr(0, length);
        bytes.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return text;
}

std::string controlsReplaced(std::string_view bytes, char with, Lines lines)
{
    std::string text;
    for (const char c : repairedUtf8(bytes)) {
        const auto byte = static_cast<unsigned char>(c);
        const bool endsC1 = !text.empty() && text.back() == '\xc2' && byte < 0xa0; // U+0080 to U+009F
        if (endsC1)
            text.pop_back();
        const bool isControl = byte < 0x20 || byte == 0x7f;
        text += endsC1 || (isControl && !(c == '\n' && lines == Lines::Kept)) ? with : c;
    }
    return text;
}

std::string printable(std::string_view bytes, std::size_t maxBytes)
{
    std::size_t cut = std::min(bytes.size(), maxBytes);
    while (cut > 0 && cut < bytes.size() && isContinuation(bytes[cut]))
        --cut; // not inside a character
    const std::string text = controlsReplaced(bytes.substr(0, cut), '?', Lines::Joined);
    return cut < bytes.size() ? text + "…" : text;
}

} // namespace heedmap
