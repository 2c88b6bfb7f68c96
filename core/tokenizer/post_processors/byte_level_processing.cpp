#include "core/tokenizer/post_processors/byte_level_processing.h"

#include "core/base/byte_characters.h"
#include "core/tokenizer/unicode_rules.h"

#include <algorithm>

namespace heedmap {

namespace {

bool isSpace(char32_t c)
{
    return c == characterOfByte(' ') || isWhitespace(c);
}

} // namespace

void trimOffsets(Encoding& encoding, bool addPrefixSpace)
{
    for (std::size_t i = 0; i < encoding.tokens.size(); ++i) {
        const std::u32string token = utf32FromUtf8(encoding.tokens[i]);
        auto leading = static_cast<std::size_t>(std::ranges::find_if_not(token, isSpace) - token.begin());
        const auto trailing =
            static_cast<std::size_t>(std::find_if_not(token.rbegin(), token.rend(), isSpace) - token.rbegin());
        TextSpan& span = encoding.offsets[i];
        if (leading > 0 && addPrefixSpace && (i == 0 || span.begin == 0))
            --leading;
        span.begin = std::min(span.begin + leading, span.end);
        if (trailing > 0 && span.end >= trailing)
            span.end = std::max(span.end - trailing, span.begin);
    }
}

std::shared_ptr<const PostProcessor> ByteLevelProcessing::make(const Json& json, const std::string& where)
{
    return std::make_shared<ByteLevelProcessing>(jsonBool(json, "trim_offsets", where, true),
                                                 jsonBool(json, "add_prefix_space", where, true));
}

Encoding ByteLevelProcessing::process(const Encoding& text, bool) const
{
    Encoding result = text;
    if (m_trimsOffsets)
        trimOffsets(result, m_addPrefixSpace);
    return result;
}

} // namespace heedmap
