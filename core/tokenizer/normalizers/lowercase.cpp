#include "core/tokenizer/normalizers/lowercase.h"

#include "core/tokenizer/unicode_rules.h"

namespace heedmap {

void toLowercase(NormalizedString& text)
{
    std::vector<NormalizedString::Change> changes;
    changes.reserve(text.size());
    std::u32string buffer;
    for (const char32_t c : text.text()) {
        bool inserted = false;
        for (const char32_t lower : lowercaseOf(c, buffer)) {
            changes.push_back({lower, inserted});
            inserted = true;
        }
    }
    text.transform(changes);
}

std::shared_ptr<const Normalizer> Lowercase::make(const Json&, const std::string&)
{
    return std::make_shared<Lowercase>();
}

} // namespace heedmap
