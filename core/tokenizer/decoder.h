#pragma once

#include "core/base/json.h"

#include <memory>
#include <string>
#include <vector>

namespace heedmap {

/// Last stage: joins tokens to readable text. Immutable, thread-safe.
class Decoder
{
public:
    virtual ~Decoder() = default;
    virtual std::string decode(const std::vector<std::string>& tokens) const = 0;
};

/// Errors: InvalidFile, Unsupported. The list of types is in decoder.cpp.
std::shared_ptr<const Decoder> makeDecoder(const Json& json, const std::string& where);

} // namespace heedmap
