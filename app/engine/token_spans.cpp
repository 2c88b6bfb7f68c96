#include "app/engine/token_spans.h"

#include "core/base/byte_characters.h"
#include "core/base/utf8.h"

#include <algorithm>

namespace heedmap {

namespace {

bool isByteLevel(const Tokenizer& tokenizer)
{
    return tokenizer.idFromToken("\u0120").has_value(); // how such vocabularies spell a blank
}

} // namespace

std::string tokenText(const Tokenizer& tokenizer, std::int32_t id)
{
    const std::string spelled = tokenizer.tokenFromId(id).value_or("[" + std::to_string(id) + "]");
    return isByteLevel(tokenizer) ? readablePiece(spelled) : spelled;
}

bool isSpecialToken(const Tokenizer& tokenizer, std::int32_t id)
{
    return tokenizer.decode({&id, 1}).empty();
}

namespace {

/// Byte-level pieces may be parts of a character, and carry the blank before them: where each ends is found by decoding
/// what came until then.
std::vector<std::optional<TextSpan>> spansOfBytePieces(const Tokenizer& tokenizer, std::span<const std::int32_t> ids,
                                                       std::size_t textLength)
{
    std::vector<std::optional<TextSpan>> spans(ids.size());
    std::size_t before = 0;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (isSpecialToken(tokenizer, ids[i]))
            continue;
        const std::string text = tokenizer.decode(ids.first(i + 1));
        const std::size_t end = std::min(codePointCount(text), textLength);
        const bool blank = tokenizer.decode(ids.subspan(i, 1)).starts_with(' ');
        const std::size_t begin = std::min(before + (blank && before + 1 < end ? 1 : 0), end);
        if (begin < end)
            spans[i] = TextSpan{begin, end};
        else if (end > 0)
            spans[i] = TextSpan{end - 1, end}; // completes the character that the token before began
        before = end;
    }
    return spans;
}

} // namespace

std::vector<std::optional<TextSpan>> spansInDecodedText(const Tokenizer& tokenizer, std::span<const std::int32_t> ids,
                                                        const std::string& text)
{
    if (isByteLevel(tokenizer))
        return spansOfBytePieces(tokenizer, ids, codePointCount(text));
    std::vector<std::optional<TextSpan>> spans(ids.size());
    std::size_t byte = 0;
    std::size_t position = 0; // the same place, in code points
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (isSpecialToken(tokenizer, ids[i]))
            continue;
        std::string piece = tokenText(tokenizer, ids[i]);
        if (piece.starts_with("##") && piece.size() > 2)
            piece.erase(0, 2);
        const std::size_t start = text.find_first_not_of(' ', byte);
        if (start == std::string::npos)
            break;
        if (text.compare(start, piece.size(), piece) != 0)
            continue;
        const std::size_t blanks = start - byte;
        const std::size_t begin = position + blanks;
        spans[i] = TextSpan{begin, begin + codePointCount(piece)};
        byte += blanks + piece.size();
        position = spans[i]->end;
    }
    return spans;
}

} // namespace heedmap
