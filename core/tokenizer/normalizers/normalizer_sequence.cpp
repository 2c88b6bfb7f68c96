#include "core/tokenizer/normalizers/normalizer_sequence.h"

namespace heedmap {

std::shared_ptr<const Normalizer> NormalizerSequence::make(const Json& json, const std::string& where)
{
    std::vector<std::shared_ptr<const Normalizer>> parts;
    for (const Json& part : jsonArray(json, "normalizers", where))
        parts.push_back(makeNormalizer(part, "part " + std::to_string(parts.size()) + " of " + where));
    return std::make_shared<NormalizerSequence>(std::move(parts));
}

void NormalizerSequence::normalize(NormalizedString& text) const
{
    for (const auto& part : m_parts)
        part->normalize(text);
}

} // namespace heedmap
