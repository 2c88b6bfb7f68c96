#include "core/tokenizer/pre_tokenizers/bert_pre_tokenizer.h"

#include "core/tokenizer/unicode_rules.h"

namespace heedmap {

std::shared_ptr<const PreTokenizer> BertPreTokenizer::make(const Json&, const std::string&)
{
    return std::make_shared<BertPreTokenizer>();
}

void BertPreTokenizer::split(const NormalizedString& text, Pieces& parts) const
{
    Pieces words;
    splitAt(text, isWhitespace, false, words);
    for (const NormalizedString& word : words)
        splitAt(word, isBertPunctuation, true, parts);
}

} // namespace heedmap
