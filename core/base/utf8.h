#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace heedmap {

/// Positions in texts are counted in Unicode code points everywhere in core, as Python counts them: one unit for the
/// capture format, the tokenizer and the reference fixtures.

/// Number of code points of valid UTF-8.
std::size_t codePointCount(std::string_view utf8);
/// Byte offset of code point `index`; the size of the text when `index` lies beyond it.
std::size_t byteOffsetOf(std::string_view utf8, std::size_t index);
/// Code points [begin, end).
std::string_view slice(std::string_view utf8, std::size_t begin, std::size_t end);
/// False for overlong forms, surrogates, values above U+10FFFF and truncated sequences.
bool isValidUtf8(std::string_view bytes);
/// Every byte that is part of no well-formed sequence replaced by U+FFFD.
std::string repairedUtf8(std::string_view bytes);
enum class Lines
{
    Kept,
    Joined ///< line ends are control characters like any other
};
/// Untrusted bytes made fit for a terminal or a file of lines: repaired, every control character replaced.
std::string controlsReplaced(std::string_view bytes, char with, Lines lines);
/// Untrusted bytes made fit for an error message: repaired, on one line (control characters become "?"), cut with "…"
/// after about `maxBytes`.
std::string printable(std::string_view bytes, std::size_t maxBytes = 120);

} // namespace heedmap
