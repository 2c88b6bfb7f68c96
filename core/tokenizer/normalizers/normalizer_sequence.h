#pragma once

#include "core/tokenizer/normalizer.h"

#include <vector>

namespace heedmap {

/// Normalizers one after the other.
class NormalizerSequence : public Normalizer
{
public:
    explicit NormalizerSequence(std::vector<std::shared_ptr<const Normalizer>> parts) : m_parts(std::move(parts)) {}
    static std::shared_ptr<const Normalizer> make(const Json& json, const std::string& where);
    void normalize(NormalizedString& text) const override;

private:
    std::vector<std::shared_ptr<const Normalizer>> m_parts;
};

} // namespace heedmap
