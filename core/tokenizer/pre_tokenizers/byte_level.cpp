#include "core/tokenizer/pre_tokenizers/byte_level.h"

#include "core/base/byte_characters.h"
#include "core/tokenizer/unicode_rules.h"

#include <array>

namespace heedmap {

namespace {

enum class Class
{
    Letter,
    Number,
    Space,
    Other
};

Class classOf(char32_t c)
{
    if (isWhitespace(c))
        return Class::Space;
    if (isLetter(c))
        return Class::Letter;
    return isNumber(c) ? Class::Number : Class::Other;
}

/// The length of an English ending ('s, 't, 're, …) at `begin`, or 0.
std::size_t endingAt(const std::u32string& text, std::size_t begin)
{
    static constexpr std::array<std::u32string_view, 7> endings = {U"'s", U"'t", U"'re", U"'ve", U"'m", U"'ll", U"'d"};
    for (const std::u32string_view ending : endings)
        if (std::u32string_view(text).substr(begin).starts_with(ending))
            return ending.size();
    return 0;
}

std::size_t runEnd(const std::u32string& text, std::size_t begin)
{
    const Class kind = classOf(text[begin]);
    std::size_t end = begin + 1;
    while (end < text.size() && classOf(text[end]) == kind)
        ++end;
    return end;
}

/// Where the pattern's match at `begin` ends.
std::size_t matchEnd(const std::u32string& text, std::size_t begin)
{
    if (const std::size_t length = endingAt(text, begin))
        return begin + length;
    const bool spaced = text[begin] == U' ' && begin + 1 < text.size();
    if (spaced && classOf(text[begin + 1]) != Class::Space)
        return runEnd(text, begin + 1);
    const std::size_t end = runEnd(text, begin);
    // White space in front of a word leaves its last character to the word.
    const bool leavesOne = classOf(text[begin]) == Class::Space && end < text.size() && end - begin > 1;
    return leavesOne ? end - 1 : end;
}

NormalizedString withPrefixSpace(const NormalizedString& text)
{
    std::vector<NormalizedString::Change> changes = {{U' ', false, 0}, {text.text().front(), true, 0}};
    for (std::size_t i = 1; i < text.size(); ++i)
        changes.push_back({text.text()[i], false, 0});
    NormalizedString result = text;
    result.transform(changes);
    return result;
}

/// Each code point becomes its bytes, all of them with its span.
NormalizedString spelledInBytes(NormalizedString text)
{
    std::vector<NormalizedString::Change> changes;
    std::string bytes;
    for (const char32_t c : text.text()) {
        bytes.clear();
        appendUtf8(bytes, c);
        for (std::size_t i = 0; i < bytes.size(); ++i)
            changes.push_back({characterOfByte(static_cast<std::uint8_t>(bytes[i])), i > 0, 0});
    }
    text.transform(changes);
    return text;
}

} // namespace

std::shared_ptr<const PreTokenizer> ByteLevel::make(const Json& json, const std::string& where)
{
    return std::make_shared<ByteLevel>(jsonBool(json, "add_prefix_space", where, true),
                                       jsonBool(json, "use_regex", where, true));
}

void ByteLevel::split(const NormalizedString& text, Pieces& parts) const
{
    if (text.empty())
        return;
    const NormalizedString whole = m_addPrefixSpace && text.text().front() != U' ' ? withPrefixSpace(text) : text;
    if (!m_cuts) {
        parts.push_back(spelledInBytes(whole));
        return;
    }
    for (std::size_t begin = 0; begin < whole.size();) {
        const std::size_t end = matchEnd(whole.text(), begin);
        parts.push_back(spelledInBytes(whole.slice(begin, end)));
        begin = end;
    }
}

} // namespace heedmap
