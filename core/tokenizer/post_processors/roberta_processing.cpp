#include "core/tokenizer/post_processors/roberta_processing.h"

#include "core/tokenizer/post_processors/byte_level_processing.h"

namespace heedmap {

std::shared_ptr<const PostProcessor> RobertaProcessing::make(const Json& json, const std::string& where)
{
    return std::make_shared<RobertaProcessing>(tokenOf(json, "cls", where), tokenOf(json, "sep", where),
                                               jsonBool(json, "trim_offsets", where, true),
                                               jsonBool(json, "add_prefix_space", where, true));
}

Encoding RobertaProcessing::process(const Encoding& text, bool addSpecialTokens) const
{
    Encoding trimmed = text;
    if (m_trimsOffsets)
        trimOffsets(trimmed, m_addPrefixSpace);
    return BertProcessing::process(trimmed, addSpecialTokens);
}

} // namespace heedmap
