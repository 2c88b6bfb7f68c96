#include "core/tokenizer/decoders/byte_level_decoder.h"

#include "core/base/byte_characters.h"
#include "core/tokenizer/unicode_rules.h"

#include <unicode/unistr.h>

namespace heedmap {

namespace {

std::string bytesOf(const std::string& token)
{
    std::string bytes;
    for (const char32_t c : utf32FromUtf8(token)) {
        const std::optional<std::uint8_t> byte = byteOfCharacter(c);
        if (!byte)
            return token;
        bytes += static_cast<char>(*byte);
    }
    return bytes;
}

} // namespace

std::shared_ptr<const Decoder> ByteLevelDecoder::make(const Json&, const std::string&)
{
    return std::make_shared<ByteLevelDecoder>();
}

std::string ByteLevelDecoder::decode(const std::vector<std::string>& tokens) const
{
    std::string bytes;
    for (const std::string& token : tokens)
        bytes += bytesOf(token);
    std::string text;
    // One U+FFFD for each maximal part of a sequence, as Rust does.
    return icu::UnicodeString::fromUTF8(bytes).toUTF8String(text);
}

} // namespace heedmap
