#pragma once

#include "core/base/json.h"
#include "core/tokenizer/normalized_string.h"

#include <memory>
#include <string>

namespace heedmap {

/// First stage: changes how a text is written (case, accents, spaces). Immutable, thread-safe.
class Normalizer
{
public:
    virtual ~Normalizer() = default;
    virtual void normalize(NormalizedString& text) const = 0;
};

/// Errors: InvalidFile, Unsupported. The list of types is in normalizer.cpp.
std::shared_ptr<const Normalizer> makeNormalizer(const Json& json, const std::string& where);

} // namespace heedmap
