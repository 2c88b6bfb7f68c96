#pragma once

#include "core/tokenizer/normalizer.h"

namespace heedmap {

/// Context-free, locale-free lower case: Σ always becomes σ, İ becomes i followed by U+0307.
void toLowercase(NormalizedString& text);

class Lowercase : public Normalizer
{
public:
    static std::shared_ptr<const Normalizer> make(const Json& json, const std::string& where);
    void normalize(NormalizedString& text) const override { toLowercase(text); }
};

} // namespace heedmap
