#pragma once

#include "core/base/json.h"
#include "core/tokenizer/tokenizer.h"

#include <memory>
#include <string>

namespace heedmap {

/// Fourth stage: puts the special tokens around the tokens of a text. Immutable, thread-safe.
class PostProcessor
{
public:
    virtual ~PostProcessor() = default;
    virtual std::size_t addedTokenCount() const = 0; ///< for a single text, with special tokens
    virtual Encoding process(const Encoding& text, bool addSpecialTokens) const = 0;
};

/// Errors: InvalidFile, Unsupported. The list of types is in post_processor.cpp.
std::shared_ptr<const PostProcessor> makePostProcessor(const Json& json, const std::string& where);

void appendSpecial(Encoding& encoding, std::int32_t id, const std::string& token);
void appendEncoding(Encoding& encoding, const Encoding& part);

} // namespace heedmap
