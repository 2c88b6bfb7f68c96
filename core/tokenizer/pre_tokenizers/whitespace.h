#pragma once

#include "core/tokenizer/pre_tokenizer.h"

namespace heedmap {

/// The runs of `\\w+|[^\\w\\s]+`: words, and what stands between them without white space.
class Whitespace : public PreTokenizer
{
public:
    static std::shared_ptr<const PreTokenizer> make(const Json& json, const std::string& where);
    void split(const NormalizedString& text, Pieces& parts) const override;
};

} // namespace heedmap
