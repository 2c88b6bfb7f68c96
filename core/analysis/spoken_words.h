#pragma once

#include "core/analysis/token_times.h"
#include "core/base/text_span.h"
#include "core/capture/alignment.h"
#include "core/capture/capture.h"

#include <string>
#include <vector>

namespace heedmap {

/// A word of a transcript and when it was spoken, in seconds of the recording.
struct SpokenWord
{
    TextSpan span; ///< code points of the output's text, white space left out
    double startSeconds = 0;
    double endSeconds = 0;
};

/// When each token of an output was spoken: one per CaptureOutput::tokens. A token's end is the next one's begin; the
/// last one, which was never an input, has no time of its own and begins and ends where the one before it begins.
struct TokenSeconds
{
    double start = 0;
    double end = 0;
};

/// By warping the attention of `alignment`'s heads (token_times.h); positions after the recording's end take no part.
/// Errors: InvalidRequest with a sentence for people when the capture lacks one of their modules, or the output is not
/// the text of a recording.
std::vector<TokenSeconds> tokenSeconds(const Capture& capture, const CaptureOutput& output, const Alignment& alignment);

/// Words are what white space parts; text without any is one word.
std::vector<SpokenWord> spokenWords(const CaptureOutput& output, const std::vector<TokenSeconds>& seconds);

} // namespace heedmap
