#pragma once

#include "core/base/text_span.h"
#include "core/tokenizer/tokenizer.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// As the vocabulary spells it, but byte-level pieces as what they stand for (" gray", not "Ġgray") unless that is only
/// a part of a character; "[id]" for an id without a token.
std::string tokenText(const Tokenizer& tokenizer, std::int32_t id);
/// Left out of readable text: [CLS], [SEP], padding.
bool isSpecialToken(const Tokenizer& tokenizer, std::int32_t id);

/// Where each token stands in `text`, which is what the tokenizer decodes `ids` to. A token that is not a piece of the
/// text in its turn (special ones, changed ones) has no span.
std::vector<std::optional<TextSpan>> spansInDecodedText(const Tokenizer& tokenizer, std::span<const std::int32_t> ids,
                                                        const std::string& text);

} // namespace heedmap
