#include "app/engine/token_spans.h"

#include "core/base/utf8.h"

namespace heedmap {

std::string tokenText(const Tokenizer& tokenizer, std::int32_t id)
{
    return tokenizer.tokenFromId(id).value_or("[" + std::to_string(id) + "]");
}

bool isSpecialToken(const Tokenizer& tokenizer, std::int32_t id)
{
    return tokenizer.decode({&id, 1}).empty();
}

std::vector<std::optional<TextSpan>> spansInDecodedText(const Tokenizer& tokenizer, std::span<const std::int32_t> ids,
                                                        const std::string& text)
{
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
