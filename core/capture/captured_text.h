#pragma once

#include "core/base/text_span.h"
#include "core/capture/capture.h"

#include <cstdint>
#include <string>
#include <vector>

namespace heedmap {

/// A token that stands for part of a text, and the row of attention that speaks for it.
struct TextRow
{
    std::int64_t row = 0; ///< a position on the text's axis
    TextSpan span;        ///< code points of the text, not empty
    std::string token;    ///< as the vocabulary spells it
};

/// A text of a capture, read along the axis its tokens have rows on.
struct CapturedText
{
    std::string id;        ///< of the input or output
    bool isOutput = false; ///< generated; otherwise given to the model
    std::string axis;      ///< that maps may have as their query axis
    std::string text;
    std::vector<TextRow> tokens; ///< in the order of the axis

    /// What has been read of `span`.
    std::string words(const TextSpan& span) const;
};

/// Every text of a capture that a map can speak for: each input or generated text on each axis that is the query axis
/// of some site. A token that was given has its own row. A generated one has the row that *predicted* it
/// (GeneratedToken::predictingRow): what the model attended to when it chose that token. Special tokens and tokens
/// that stand for no text are left out; a text without any other is not listed.
std::vector<CapturedText> capturedTexts(const Capture& capture);

} // namespace heedmap
