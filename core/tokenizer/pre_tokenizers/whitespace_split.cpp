#include "core/tokenizer/pre_tokenizers/whitespace_split.h"

#include "core/tokenizer/unicode_rules.h"

namespace heedmap {

std::shared_ptr<const PreTokenizer> WhitespaceSplit::make(const Json&, const std::string&)
{
    return std::make_shared<WhitespaceSplit>();
}

void WhitespaceSplit::split(const NormalizedString& text, Pieces& parts) const
{
    splitAt(text, isWhitespace, false, parts);
}

} // namespace heedmap
