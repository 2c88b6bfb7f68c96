#pragma once

#include "core/base/json.h"
#include "core/tokenizer/normalized_string.h"

#include <memory>
#include <string>

namespace heedmap {

/// Second stage: cuts a text into the words that the model reads one by one. Immutable, thread-safe.
class PreTokenizer
{
public:
    virtual ~PreTokenizer() = default;
    /// Appends the parts of `text`, from left to right, none of them empty.
    virtual void split(const NormalizedString& text, Pieces& parts) const = 0;
};

/// Errors: InvalidFile, Unsupported. The list of types is in pre_tokenizer.cpp.
std::shared_ptr<const PreTokenizer> makePreTokenizer(const Json& json, const std::string& where);

/// Appends the runs of `text` between the code points for which `isDelimiter` holds; delimiters are dropped, or kept as
/// parts of one code point each.
template <typename Predicate>
void splitAt(const NormalizedString& text, Predicate&& isDelimiter, bool keepDelimiters, Pieces& parts)
{
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!isDelimiter(text.text()[i]))
            continue;
        if (begin < i)
            parts.push_back(text.slice(begin, i));
        if (keepDelimiters)
            parts.push_back(text.slice(i, i + 1));
        begin = i + 1;
    }
    if (begin < text.size())
        parts.push_back(text.slice(begin, text.size()));
}

} // namespace heedmap
