#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace heedmap {

/// GPT-2's spelling of bytes as printable characters (Radford et al. 2019, `bytes_to_unicode`): bytes that print stand
/// for themselves, the others for U+0100 and up in their order. A space is "Ġ".
char32_t characterOfByte(std::uint8_t byte);
/// The byte a character spells; absent for all other characters.
std::optional<std::uint8_t> byteOfCharacter(char32_t c);
/// A token for people: "Ġring" is " ring", "Ã©" is "é". What cannot be such a spelling, or spells a part of a
/// character, stays as it is; so do the pieces of vocabularies that spell no bytes, as no word of theirs reads as one.
std::string readablePiece(std::string_view spelled);

} // namespace heedmap
