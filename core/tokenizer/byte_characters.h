#pragma once

#include <cstdint>
#include <optional>

namespace heedmap {

/// GPT-2's spelling of bytes as printable characters (Radford et al. 2019, `bytes_to_unicode`): bytes that print stand
/// for themselves, the others for U+0100 and up in their order. A space is "Ġ".
char32_t characterOfByte(std::uint8_t byte);
/// The byte a character spells; absent for all other characters.
std::optional<std::uint8_t> byteOfCharacter(char32_t c);

} // namespace heedmap
