#pragma once

#include "core/analysis/alignment_rows.h"
#include "core/base/json.h"
#include "core/base/text_span.h"

#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// A word of a transcript and when it was spoken, in seconds of the recording.
struct SpokenWord
{
    TextSpan span; ///< code points of the output's text, white space left out
    double startSeconds = 0;
    double endSeconds = 0;
    std::vector<std::size_t> tokens; ///< of the output that it is made of, ascending
    /// The geometric mean of its tokens' probabilities, exp(mean of log p): how sure the model is of the word,
    /// whatever the number of its pieces.
    double probability = 0;
    /// How sure the heads are of its time: with w̄ the mean of their probabilities, the mean over the rows of the word's
    /// tokens of Σ_{k in the word's time} w̄_k / Σ_{k in the recording} w̄_k; a word without length counts as one
    /// position long. Absent where no row was told of, or where the rows have no weight on the recording.
    std::optional<double> attentionShare;
};

/// By warping the attention of `alignment`'s heads (token_times.h); positions after the recording's end take no part.
/// Errors: InvalidRequest with a sentence for people when the capture lacks one of their modules, or the output is not
/// the text of a recording.
std::vector<TokenSeconds> tokenSeconds(const Capture& capture, const CaptureOutput& output, const Alignment& alignment,
                                       TimingRows which = TimingRows::Predicting);

/// Words are what white space parts; text without any is one word. Tokens after the last segment of a window were cut
/// off, to be heard again in the next one: they are left out, and so no word is said twice. Without attentionShare.
std::vector<SpokenWord> spokenWords(const CaptureOutput& output, const std::vector<TokenSeconds>& seconds);

/// A word of a recording's transcript, whichever window it was heard in.
struct TranscriptWord
{
    std::string output; ///< id
    std::string text;
    SpokenWord spoken;
};

/// All windows of a recording put together, in order. Errors: as tokenSeconds, and InvalidRequest for a capture of no
/// recording.
std::vector<TranscriptWord> transcriptWords(const Capture& capture, const Alignment& alignment,
                                            TimingRows which = TimingRows::Predicting);

/// As run/start answers them (PROTOCOL.md): [{output, text, start_seconds, end_seconds, probability,
/// attention_share?}…].
Json jsonFromWords(const std::vector<TranscriptWord>& words);

} // namespace heedmap
