#pragma once

#include "core/analysis/token_times.h"
#include "core/capture/alignment.h"
#include "core/capture/capture.h"
#include "core/capture/map_choice.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// Which row of attention is said to be a token's.
enum class TimingRows
{
    Predicting, ///< the one that predicted it, as OpenAI's program times words: the end token's tells where words end
    Input       ///< the one in which it was the input, as `transformers` times tokens; the last token has none
};

/// "predicting" or "input", as options have it.
std::vector<std::string> timingRowsNames();
/// Errors: InvalidRequest with the nearest names.
TimingRows timingRowsFromName(const std::string& name);

/// When each token of an output was spoken: one per CaptureOutput::tokens. A token's end is the next one's begin; the
/// last one begins and ends where its row begins, or, without one, where the token before it begins.
struct TokenSeconds
{
    double start = 0;
    double end = 0;
};

/// The rows of an output's tokens on one axis of sound.
struct SoundRows
{
    std::vector<std::int64_t> rows;  ///< on the output's axis, in order
    std::vector<std::size_t> tokens; ///< of the output: whose rows they are
    std::int64_t positions = 0;      ///< of the axis of sound, up to the recording's end; at least 1
    double startSeconds = 0;         ///< of position 0, in the recording
    double secondsPerPosition = 0;

    std::int64_t count() const { return static_cast<std::int64_t>(rows.size()); }
    double secondsAt(std::int64_t position) const
    {
        return startSeconds + static_cast<double>(position) * secondsPerPosition;
    }
};

/// What some heads say together about an output.
struct OutputAlignment
{
    SoundRows rows;
    std::vector<float> mean;   ///< [rows, positions]: the mean of the heads' probabilities
    std::vector<float> matrix; ///< [rows, positions]: the same made comparable, see alignmentMatrix
};

/// Whether an output is what was heard in a recording, of several candidates the best: rank 0.
bool isTranscript(const Manifest& manifest, const CaptureOutput& output);
/// Indices into Manifest::outputs, in their order.
std::vector<std::size_t> transcriptsOf(const Manifest& manifest);
/// The sites of cross-attention from the output's tokens to sound, and to nothing else, that are held.
std::vector<std::size_t> soundSites(const Manifest& manifest, const CaptureOutput& output);

/// The heads of `alignment` in the output's pass, in its order. Errors: InvalidRequest with a sentence for people when
/// the capture lacks one of their modules, or they look at different axes.
std::vector<SiteHead> alignmentHeads(const Capture& capture, const CaptureOutput& output, const Alignment& alignment);

/// Errors: InvalidRequest when `keyAxis` is no axis of sound alone, TooLarge for more than 16 384 tokens.
SoundRows soundRows(const Capture& capture, const CaptureOutput& output, const std::string& keyAxis, TimingRows which);

/// The probabilities of one head: [rows, positions]. Errors: as SiteRows, TooLarge beyond 2^26 values, InvalidRequest
/// when the head looks at fewer positions.
std::vector<float> readSoundRows(const Capture& capture, const SiteHead& head, const SoundRows& rows);

/// Reads the heads one after the other. Errors: as alignmentHeads, soundRows, readSoundRows and alignmentMatrix.
OutputAlignment alignOutput(const Capture& capture, const CaptureOutput& output, const Alignment& alignment,
                            TimingRows which);

/// By where the warping path reaches each row (tokenBegins).
std::vector<TokenSeconds> secondsOfTokens(const CaptureOutput& output, const SoundRows& rows,
                                          std::span<const std::int64_t> begins);

} // namespace heedmap
