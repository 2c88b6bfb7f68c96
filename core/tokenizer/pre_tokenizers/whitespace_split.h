#pragma once

#include "core/tokenizer/pre_tokenizer.h"

namespace heedmap {

/// Cuts at white space, which is dropped.
class WhitespaceSplit : public PreTokenizer
{
public:
    static std::shared_ptr<const PreTokenizer> make(const Json& json, const std::string& where);
    void split(const NormalizedString& text, Pieces& parts) const override;
};

} // namespace heedmap
