#include "core/base/byte_characters.h"

#include "core/base/utf8.h"

#include <array>

namespace heedmap {

namespace {

constexpr bool printsItself(int byte)
{
    return (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

constexpr auto kCharacters = [] {
    std::array<char32_t, 256> characters{};
    char32_t next = 0x100;
    for (int byte = 0; byte < 256; ++byte)
        characters[static_cast<std::size_t>(byte)] = printsItself(byte) ? static_cast<char32_t>(byte) : next++;
    return characters;
}();

} // namespace

char32_t characterOfByte(std::uint8_t byte)
{
    return kCharacters[byte];
}

std::optional<std::uint8_t> byteOfCharacter(char32_t c)
{
    if (c < 0x100)
        return printsItself(static_cast<int>(c)) ? std::optional(static_cast<std::uint8_t>(c)) : std::nullopt;
    for (std::size_t byte = 0; byte < kCharacters.size(); ++byte)
        if (kCharacters[byte] == c)
            return static_cast<std::uint8_t>(byte);
    return std::nullopt;
}

std::string readablePiece(std::string_view spelled)
{
    std::string bytes;
    const std::size_t length = isValidUtf8(spelled) ? codePointCount(spelled) : 0;
    for (std::size_t i = 0; i < length; ++i) {
        const std::string_view character = slice(spelled, i, i + 1);
        const auto lead = static_cast<unsigned char>(character[0]);
        if (character.size() > 2)
            return std::string(spelled); // U+0800 and up spell no byte
        const char32_t code =
            character.size() == 1
                ? lead
                : static_cast<char32_t>((lead & 0x1F) << 6 | (static_cast<unsigned char>(character[1]) & 0x3F));
        const std::optional<std::uint8_t> byte = byteOfCharacter(code);
        if (!byte)
            return std::string(spelled);
        bytes += static_cast<char>(*byte);
    }
    return !bytes.empty() && isValidUtf8(bytes) ? bytes : std::string(spelled);
}

} // namespace heedmap
