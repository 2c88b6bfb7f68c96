#pragma once

#include "core/tokenizer/post_processor.h"

namespace heedmap {

/// Puts nothing around a text; takes white space at the ends of tokens out of their offsets where the file says so.
class ByteLevelProcessing : public PostProcessor
{
public:
    ByteLevelProcessing(bool trimsOffsets, bool addPrefixSpace)
        : m_trimsOffsets(trimsOffsets), m_addPrefixSpace(addPrefixSpace)
    {}
    static std::shared_ptr<const PostProcessor> make(const Json& json, const std::string& where);
    std::size_t addedTokenCount() const override { return 0; }
    Encoding process(const Encoding& text, bool addSpecialTokens) const override;

private:
    bool m_trimsOffsets;
    bool m_addPrefixSpace;
};

/// The same for others: byte-level tokens begin with "Ġ" where a space is part of them. With `addPrefixSpace` the space
/// in front of the first token is not in the text.
void trimOffsets(Encoding& encoding, bool addPrefixSpace);

} // namespace heedmap
