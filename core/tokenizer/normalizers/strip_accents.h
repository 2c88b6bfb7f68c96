#pragma once

#include "core/tokenizer/normalizer.h"

namespace heedmap {

/// Drops every combining mark of the text as it stands; usually follows NFD.
class StripAccents : public Normalizer
{
public:
    static std::shared_ptr<const Normalizer> make(const Json& json, const std::string& where);
    void normalize(NormalizedString& text) const override;
};

} // namespace heedmap
