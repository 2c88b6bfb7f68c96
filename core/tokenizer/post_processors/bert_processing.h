#pragma once

#include "core/tokenizer/post_processor.h"

#include <utility>

namespace heedmap {

/// "[CLS] text [SEP]", the older spelling of the template.
class BertProcessing : public PostProcessor
{
public:
    using Token = std::pair<std::string, std::int32_t>;

    BertProcessing(Token cls, Token sep) : m_cls(std::move(cls)), m_sep(std::move(sep)) {}
    static std::shared_ptr<const PostProcessor> make(const Json& json, const std::string& where);
    /// A member [token, id]. Errors: InvalidFile.
    static Token tokenOf(const Json& json, const char* key, const std::string& where);
    std::size_t addedTokenCount() const override { return 2; }
    Encoding process(const Encoding& text, bool addSpecialTokens) const override;

private:
    Token m_cls;
    Token m_sep;
};

} // namespace heedmap
