#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/models/whisper_generation.h"
#include "core/runtime/activation.h"

#include <cstdint>
#include <string>
#include <vector>

namespace heedmap {

/// The layers of one side of a Whisper model.
struct WhisperStack
{
    std::int64_t width = 384; ///< of both sides
    std::int64_t layers = 4;
    std::int64_t heads = 6;
    std::int64_t intermediateSize = 1536;
    std::int64_t positions = 0;
    Activation activation = nullptr;

    std::int64_t headDim() const { return width / heads; }
};

struct WhisperConfig
{
    std::int64_t melBins = 80;
    std::int64_t vocabularySize = 51865;
    WhisperStack encoder;
    WhisperStack decoder;
    bool tieWordEmbeddings = true;
    int medianWidth = 7; ///< over which attention is smoothed where tokens are timed; odd
    WhisperGeneration generation;
    std::vector<std::string> notes;

    /// Feature frames of one window: the encoder's positions, which its second convolution makes two frames each.
    std::int64_t windowFrames() const { return 2 * encoder.positions; }

    /// Defaults and meaning as in `transformers` 4.57, models/whisper/configuration_whisper.py. Errors: InvalidFile for
    /// malformed or impossible values, Unsupported for values this program does not do; both name field and value.
    static WhisperConfig from(const Checkpoint& checkpoint);
};

} // namespace heedmap
