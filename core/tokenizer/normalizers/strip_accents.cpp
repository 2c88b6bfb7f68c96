#include "core/tokenizer/normalizers/strip_accents.h"

#include "core/tokenizer/unicode_rules.h"

namespace heedmap {

std::shared_ptr<const Normalizer> StripAccents::make(const Json&, const std::string&)
{
    return std::make_shared<StripAccents>();
}

void StripAccents::normalize(NormalizedString& text) const
{
    text.filter([](char32_t c) { return !isCombiningMark(c); });
}

} // namespace heedmap
