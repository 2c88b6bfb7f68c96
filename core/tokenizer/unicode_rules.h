#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace heedmap {

/// What the `tokenizers` library (0.22) knows about a code point, so that texts are cut exactly as it cuts them. It
/// mixes four Unicode versions, one for each library it is built from; the version is part of each promise below.
/// ICU tells in which version a code point was assigned; the few code points whose properties changed since, or that
/// ICU 72 does not know yet, are spelled out in the .cpp. A test compares every code point there is with the library:
/// with ICU 72 none differs.

/// White_Space, any version (the property is stable).
bool isWhitespace(char32_t c);
/// General category Cc, Cf or Co (not unassigned code points) as of Unicode 8.
bool isControl(char32_t c);
/// General category P* as of Unicode 8, or an ASCII symbol such as '$' or '+'.
bool isBertPunctuation(char32_t c);
/// General category Mn as of Unicode 8.
bool isNonspacingMark(char32_t c);
/// General category M* as of Unicode 9.
bool isCombiningMark(char32_t c);
/// `\w` of the regex crate, Unicode 16: Alphabetic, M*, Nd, Pc or Join_Control.
bool isWordCharacter(char32_t c);
/// General category L* as of Unicode 16: `\p{L}` of the regex library Oniguruma.
bool isLetter(char32_t c);
/// General category N* as of Unicode 16: `\p{N}` of Oniguruma.
bool isNumber(char32_t c);
/// The blocks that BERT surrounds with spaces: CJK ideographs, not kana or Hangul.
bool isChineseCharacter(char32_t c);

/// Full, context-free, locale-free lower case as of Unicode 17: one code point, or two for U+0130.
std::u32string_view lowercaseOf(char32_t c, std::u32string& buffer);

/// Canonical combining class as of Unicode 9; 0 for anything newer.
int combiningClass(char32_t c);
/// Full decomposition as of Unicode 9, Hangul included; the code point itself when it has none.
std::u32string_view decompositionOf(char32_t c, bool compatibility, std::u32string& buffer);
/// Canonical composition of two code points as of Unicode 9.
std::optional<char32_t> compositionOf(char32_t first, char32_t second);

/// Conversions of valid text.
std::u32string utf32FromUtf8(std::string_view utf8);
void appendUtf8(std::string& out, char32_t c);
std::string utf8FromUtf32(std::u32string_view text);

} // namespace heedmap
