#include "core/tokenizer/byte_characters.h"

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

} // namespace heedmap
