#include "core/tokenizer/unicode_rules.h"

#include "core/base/error.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <array>

namespace heedmap {

namespace {

constexpr int kCategoriesVersion = 8;    ///< of the unicode_categories crate
constexpr int kNormalizationVersion = 9; ///< of the unicode-normalization-alignments crate

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
    return (categoryMask(c) & U_GC_P_MASK) && knownTo(kCategoriesVersion, c);
}

bool isNonspacingMark(char32_t c)
{
    return (categoryMask(c) & U_GC_MN_MASK) && knownTo(kCategoriesVersion, c);
}

bool isCombiningMark(char32_t c)
{
    return (categoryMask(c) & U_GC_M_MASK) && knownTo(kNormalizationVersion, c);
}

bool isWordCharacter(char32_t c)
{
    const auto code = static_cast<UChar32>(c);
    return (categoryMask(c) & (U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK)) ||
           u_hasBinaryProperty(code, UCHAR_ALPHABETIC) || u_hasBinaryProperty(code, UCHAR_JOIN_CONTROL);
}

bool isChineseCharacter(char32_t c)
{
    // Quoted from the library, U+2B920 included, where the block really starts at U+2B820.
    static constexpr std::array<std::pair<char32_t, char32_t>, 8> blocks = {{{0x4e00, 0x9fff},
                                                                             {0x3400, 0x4dbf},
                                                                             {0x20000, 0x2a6df},
                                                                             {0x2a700, 0x2b73f},
                                                                             {0x2b740, 0x2b81f},
                                                                             {0x2b920, 0x2ceaf},
                                                                             {0xf900, 0xfaff},
                                                                             {0x2f800, 0x2fa1f}}};
    for (const auto& [first, last] : blocks)
        if (c >= first && c <= last)
            return true;
    return false;
}

std::u32string_view lowercaseOf(char32_t c, std::u32string& buffer)
{
    // The only code point whose lower case is two code points (SpecialCasing.txt, unconditional part).
    if (c == 0x130)
        return U"i\u0307";
    buffer.assign(1, static_cast<char32_t>(u_tolower(static_cast<UChar32>(c))));
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
