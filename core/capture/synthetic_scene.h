#pragma once

#include "core/capture/manifest.h"
#include "core/media/image.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace heedmap {

/// What a synthetic capture is about: a drawn picture of six coloured things, and a sequence of words that name them.
struct SyntheticScene
{
    std::vector<std::byte> picture; ///< a PNG file
    CaptureInput pictureInput;      ///< id "picture", its tensor is to be called "inputs/picture"
    CaptureInput prompt;            ///< id "prompt"
    CaptureOutput reply;            ///< id "reply" in the pass "sequence"
    TokenAxis axis;                 ///< id "sequence": <s>, words of the prompt, patches, more of the prompt, the reply
    /// For each position of the axis, where on the grid (x = column, y = row, in patches) it stands: a patch at its own
    /// centre, a word that names a thing at that thing; nowhere for other words.
    std::vector<std::optional<PointF>> places;
};

/// The same scene for the same sizes and seed. Precondition: tokens >= rows × columns + kSyntheticMinWords.
SyntheticScene makeSyntheticScene(std::int64_t tokens, int rows, int columns, std::uint64_t seed);

/// <s>, a word before the picture, a word after it, a word of the reply.
constexpr std::int64_t kSyntheticMinWords = 4;

} // namespace heedmap
