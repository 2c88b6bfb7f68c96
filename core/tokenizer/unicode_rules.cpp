#include "core/tokenizer/unicode_rules.h"

#include "core/base/error.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <span>

namespace heedmap {

namespace {

/// Versions of the tables inside `tokenizers` 0.22.
constexpr int kCategoriesVersion = 8;    ///< crate unicode_categories
constexpr int kNormalizationVersion = 9; ///< crate unicode-normalization-alignments
constexpr int kOnigurumaVersion = 16;    ///< the C library behind crate onig
constexpr int kRegexVersion = 16;        ///< crate regex-syntax
// Lower case comes from Rust's own library: Unicode 17.

struct CodeRange
{
    char32_t first;
    char32_t last;
    std::int32_t toLower = 0; ///< distance to the small letter
};

bool isIn(std::span<const CodeRange> ranges, char32_t c)
{
    return std::ranges::any_of(ranges, [c](const CodeRange& range) { return c >= range.first && c <= range.last; });
}

/// Word characters of Unicode 16 that ICU 72 (Unicode 15) does not know.
constexpr CodeRange kNewerWordCharacters[] = {
    {0x897, 0x897},     {0x1c89, 0x1c8a},   {0xa7cb, 0xa7cd},   {0xa7da, 0xa7dc},   {0x105c0, 0x105f3},
    {0x10d40, 0x10d65}, {0x10d69, 0x10d6d}, {0x10d6f, 0x10d85}, {0x10ec2, 0x10ec4}, {0x10efc, 0x10efc},
    {0x11380, 0x11389}, {0x1138b, 0x1138b}, {0x1138e, 0x1138e}, {0x11390, 0x113b5}, {0x113b7, 0x113c0},
    {0x113c2, 0x113c2}, {0x113c5, 0x113c5}, {0x113c7, 0x113ca}, {0x113cc, 0x113d3}, {0x113e1, 0x113e2},
    {0x116d0, 0x116e3}, {0x11bc0, 0x11be0}, {0x11bf0, 0x11bf9}, {0x11f5a, 0x11f5a}, {0x13460, 0x143fa},
    {0x16100, 0x16139}, {0x16d40, 0x16d6c}, {0x16d70, 0x16d79}, {0x18cff, 0x18cff}, {0x1ccf0, 0x1ccf9},
    {0x1e5d0, 0x1e5fa}, {0x2ebf0, 0x2ee5d}};

/// Letters and numbers of Unicode 16 that ICU 72 does not know.
constexpr CodeRange kNewerLetters[] = {{0x1c89, 0x1c8a},   {0xa7cb, 0xa7cd},   {0xa7da, 0xa7dc},   {0x105c0, 0x105f3},
                                       {0x10d4a, 0x10d65}, {0x10d6f, 0x10d85}, {0x10ec2, 0x10ec4}, {0x11380, 0x11389},
                                       {0x1138b, 0x1138b}, {0x1138e, 0x1138e}, {0x11390, 0x113b5}, {0x113b7, 0x113b7},
                                       {0x113d1, 0x113d1}, {0x113d3, 0x113d3}, {0x11bc0, 0x11be0}, {0x13460, 0x143fa},
                                       {0x16100, 0x1611d}, {0x16d40, 0x16d6c}, {0x18cff, 0x18cff}, {0x1e5d0, 0x1e5ed},
                                       {0x1e5f0, 0x1e5f0}, {0x2ebf0, 0x2ee5d}};
constexpr CodeRange kNewerNumbers[] = {{0x10d40, 0x10d49}, {0x116d0, 0x116e3}, {0x11bf0, 0x11bf9}, {0x16130, 0x16139},
                                       {0x16d70, 0x16d79}, {0x1ccf0, 0x1ccf9}, {0x1e5f1, 0x1e5fa}};

/// Capitals of Unicode 16 and 17 that ICU 72 does not know.
constexpr CodeRange kNewerCapitals[] = {{0x1c89, 0x1c89, 1},      {0xa7cb, 0xa7cb, 0x264 - 0xa7cb},
                                        {0xa7cc, 0xa7cc, 1},      {0xa7ce, 0xa7ce, 1},
                                        {0xa7d2, 0xa7d2, 1},      {0xa7d4, 0xa7d4, 1},
                                        {0xa7da, 0xa7da, 1},      {0xa7dc, 0xa7dc, 0x19b - 0xa7dc},
                                        {0x10d50, 0x10d65, 0x20}, {0x16ea0, 0x16eb8, 0x1b}};

/// Whether Unicode `version`.0 knew the code point. Tables of that version treat all others as unassigned.
bool knownTo(int version, char32_t c)
{
    UVersionInfo age;
    u_charAge(static_cast<UChar32>(c), age);
    return age[0] != 0 && (age[0] < version || (age[0] == version && age[1] == 0));
}

std::uint32_t categoryMask(char32_t c)
{
    return U_GET_GC_MASK(static_cast<UChar32>(c));
}

const icu::Normalizer2& normalizerOf(bool compatibility)
{
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* found =
        compatibility ? icu::Normalizer2::getNFKCInstance(status) : icu::Normalizer2::getNFCInstance(status);
    if (U_FAILURE(status) || !found)
        throw Error(ErrorKind::Internal, "ICU has no normalisation data: {}", u_errorName(status));
    return *found;
}

} // namespace

bool isWhitespace(char32_t c)
{
    return u_isUWhiteSpace(static_cast<UChar32>(c));
}

bool isControl(char32_t c)
{
    return (categoryMask(c) & (U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK)) && knownTo(kCategoriesVersion, c);
}

bool isBertPunctuation(char32_t c)
{
    if (c < 0x80)
        return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
    // Both were punctuation until Unicode 11 and 10.
    if (c == 0x166d || c == 0x111c9)
        return true;
    return (categoryMask(c) & U_GC_P_MASK) && knownTo(kCategoriesVersion, c);
}

bool isNonspacingMark(char32_t c)
{
    // Categories that changed since: the first was Mn, the others were not.
    if (c == 0x1734)
        return true;
    if (c == 0x1885 || c == 0x1886 || c == 0xa9bd || c == 0x111c9)
        return false;
    return (categoryMask(c) & U_GC_MN_MASK) && knownTo(kCategoriesVersion, c);
}

bool isCombiningMark(char32_t c)
{
    // Categories that changed since: the first two were Mc, the last was Po.
    if (c == 0x1cf2 || c == 0x1cf3)
        return true;
    return c != 0x111c9 && (categoryMask(c) & U_GC_M_MASK) && knownTo(kNormalizationVersion, c);
}

bool isWordCharacter(char32_t c)
{
    const auto code = static_cast<UChar32>(c);
    const bool word = (categoryMask(c) & (U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK)) ||
                      u_hasBinaryProperty(code, UCHAR_ALPHABETIC) || u_hasBinaryProperty(code, UCHAR_JOIN_CONTROL);
    return word ? knownTo(kRegexVersion, c) : isIn(kNewerWordCharacters, c);
}

bool isLetter(char32_t c)
{
    return (categoryMask(c) & U_GC_L_MASK) ? knownTo(kOnigurumaVersion, c) : isIn(kNewerLetters, c);
}

bool isNumber(char32_t c)
{
    return (categoryMask(c) & U_GC_N_MASK) ? knownTo(kOnigurumaVersion, c) : isIn(kNewerNumbers, c);
}

bool isChineseCharacter(char32_t c)
{
    // Quoted from the library, U+2B920 included, where the block really starts at U+2B820.
    static constexpr CodeRange blocks[] = {{0x4e00, 0x9fff},   {0x3400, 0x4dbf},   {0x20000, 0x2a6df},
                                           {0x2a700, 0x2b73f}, {0x2b740, 0x2b81f}, {0x2b920, 0x2ceaf},
                                           {0xf900, 0xfaff},   {0x2f800, 0x2fa1f}};
    return isIn(blocks, c);
}

std::u32string_view lowercaseOf(char32_t c, std::u32string& buffer)
{
    // The only code point whose lower case is two code points (SpecialCasing.txt, unconditional part).
    if (c == 0x130)
        return U"i\u0307";
    buffer.assign(1, static_cast<char32_t>(u_tolower(static_cast<UChar32>(c))));
    for (const CodeRange& range : kNewerCapitals)
        if (c >= range.first && c <= range.last)
            buffer[0] = static_cast<char32_t>(static_cast<std::int32_t>(c) + range.toLower);
    return buffer;
}

int combiningClass(char32_t c)
{
    const int combining = u_getCombiningClass(static_cast<UChar32>(c));
    return combining != 0 && knownTo(kNormalizationVersion, c) ? combining : 0;
}

std::u32string_view decompositionOf(char32_t c, bool compatibility, std::u32string& buffer)
{
    buffer.assign(1, c);
    icu::UnicodeString decomposition;
    if (c < 0x80 || !knownTo(kNormalizationVersion, c) ||
        !normalizerOf(compatibility).getDecomposition(static_cast<UChar32>(c), decomposition))
        return buffer;
    buffer.clear();
    for (int at = 0; at < decomposition.length(); at = decomposition.moveIndex32(at, 1))
        buffer.push_back(static_cast<char32_t>(decomposition.char32At(at)));
    return buffer;
}

std::optional<char32_t> compositionOf(char32_t first, char32_t second)
{
    const UChar32 composed = normalizerOf(false).composePair(static_cast<UChar32>(first), static_cast<UChar32>(second));
    if (composed < 0 || !knownTo(kNormalizationVersion, static_cast<char32_t>(composed)))
        return std::nullopt;
    return static_cast<char32_t>(composed);
}

std::u32string utf32FromUtf8(std::string_view utf8)
{
    std::u32string text;
    text.reserve(utf8.size());
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(utf8.data());
    for (std::size_t at = 0; at < utf8.size();) {
        UChar32 c = 0;
        U8_NEXT_UNSAFE(bytes, at, c);
        text.push_back(static_cast<char32_t>(c));
    }
    return text;
}

void appendUtf8(std::string& out, char32_t c)
{
    std::array<char, U8_MAX_LENGTH> bytes{};
    std::size_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, static_cast<std::uint32_t>(c));
    out.append(bytes.data(), length);
}

std::string utf8FromUtf32(std::u32string_view text)
{
    std::string utf8;
    utf8.reserve(text.size());
    for (const char32_t c : text)
        appendUtf8(utf8, c);
    return utf8;
}

} // namespace heedmap
