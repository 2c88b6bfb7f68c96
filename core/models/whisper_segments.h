#pragma once

#include "core/runtime/run_result.h"

#include <cstdint>
#include <span>
#include <vector>

namespace heedmap {

/// What a window's text says of time.
struct WindowReading
{
    std::vector<SpeechSegment> segments; ///< of text 0, times counted from the window's begin
    std::int64_t advance = 0;            ///< feature frames to where the next window begins, at least 1
};

constexpr int kFramesPerPosition = 2; ///< the stride of the encoder's second convolution

/// Divides a window's tokens, end token left out, where two times meet (`_retrieve_segment` of transformers 4.57,
/// models/whisper/generation_whisper.py). Ids from `firstTime` on are times, one a position. A text that ends within a
/// segment is cut there, and the next window begins at its last time; otherwise at the end of the window's `frames`.
WindowReading readWindow(std::span<const std::int32_t> tokens, std::int32_t firstTime, std::int64_t frames,
                         double secondsPerFrame);

} // namespace heedmap
