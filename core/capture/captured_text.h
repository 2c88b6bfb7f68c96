#pragma once

#include "core/base/text_span.h"
#include "core/capture/capture.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// A token that stands for part of a text, and the row of attention that speaks for it.
struct TextRow
{
    std::int64_t row = 0;   ///< a position on the text's axis
    TextSpan span;          ///< code points of the text, not empty
    std::string token;      ///< as the vocabulary spells it
    std::size_t window = 0; ///< of the text, see CapturedText
};

/// A text of a capture, read along the axis its tokens have rows on; the text of a whole recording along several, one
/// for each window it was heard in.
struct CapturedText
{
    std::string id;        ///< of the input or output; of a whole recording that input's
    bool isOutput = false; ///< generated; otherwise given to the model
    std::string axis;      ///< that maps may have as their query axis; of several windows that of the first
    std::string text;
    std::vector<TextRow> tokens; ///< in the order of the axis, and of the windows
    bool isWholeRecording = false;
    std::vector<std::string> laterAxes = {}; ///< of the windows after the first

    /// What has been read of `span`.
    std::string words(const TextSpan& span) const;

    std::size_t windowCount() const { return 1 + laterAxes.size(); }
    const std::string& axisOfWindow(std::size_t window) const { return window == 0 ? axis : laterAxes[window - 1]; }
    bool isAlong(const std::string& axisId) const;
    /// The token that a row speaks for; absent where that is none.
    std::optional<std::size_t> tokenAt(const std::string& axisId, std::int64_t row) const;
};

/// Every text of a capture that a map can speak for: each input or generated text on each axis that is the query axis
/// of some site. A token that was given has its own row. A generated one has the row that *predicted* it
/// (GeneratedToken::predictingRow): what the model attended to when it chose that token. Special tokens and tokens
/// that stand for no text are left out; a text without any other is not listed.
std::vector<CapturedText> capturedTexts(const Capture& capture);

/// What was heard in a recording, all windows of it: the segments of its outputs of rank 0, in order (FORMAT.md). Words
/// that were cut off at the end of a window are left out, for the next one heard them again; words of windows without
/// maps are in the text, but have no tokens. Absent when the capture is of no recording.
std::optional<CapturedText> heardText(const Capture& capture);

} // namespace heedmap
