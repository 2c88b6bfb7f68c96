#pragma once

#include "core/tokenizer/post_processors/bert_processing.h"

namespace heedmap {

/// A class and a separator token around a byte-level text, offsets trimmed where the file says so.
class RobertaProcessing : public BertProcessing
{
public:
    RobertaProcessing(Token cls, Token sep, bool trimsOffsets, bool addPrefixSpace)
        : BertProcessing(std::move(cls), std::move(sep)), m_trimsOffsets(trimsOffsets), m_addPrefixSpace(addPrefixSpace)
    {}
    static std::shared_ptr<const PostProcessor> make(const Json& json, const std::string& where);
    Encoding process(const Encoding& text, bool addSpecialTokens) const override;

private:
    bool m_trimsOffsets;
    bool m_addPrefixSpace;
};

} // namespace heedmap
