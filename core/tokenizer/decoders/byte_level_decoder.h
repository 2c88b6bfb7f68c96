#pragma once

#include "core/tokenizer/decoder.h"

namespace heedmap {

/// Characters back to the bytes they spell (core/base/byte_characters.h); what is then no UTF-8 becomes U+FFFD. A token
/// with a character that spells no byte stands for itself.
class ByteLevelDecoder : public Decoder
{
public:
    static std::shared_ptr<const Decoder> make(const Json& json, const std::string& where);
    std::string decode(const std::vector<std::string>& tokens) const override;
};

} // namespace heedmap
