#include "core/tokenizer/pre_tokenizers/whitespace.h"

#include "core/tokenizer/unicode_rules.h"

namespace heedmap {

std::shared_ptr<const PreTokenizer> Whitespace::make(const Json&, const std::string&)
{
    return std::make_shared<Whitespace>();
}

void Whitespace::split(const NormalizedString& text, Pieces& parts) const
{
    const std::u32string& all = text.text();
    for (std::size_t begin = 0; begin < all.size();) {
        if (isWhitespace(all[begin])) {
            ++begin;
            continue;
        }
        const bool word = isWordCharacter(all[begin]);
        std::size_t end = begin + 1;
        while (end < all.size() && !isWhitespace(all[end]) && isWordCharacter(all[end]) == word)
            ++end;
        parts.push_back(text.slice(begin, end));
        begin = end;
    }
}

} // namespace heedmap
