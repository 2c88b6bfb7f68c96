#pragma once

#include "core/capture/synthetic_capture.h"
#include "core/capture/synthetic_scene.h"

#include <cstdint>
#include <span>
#include <vector>

namespace heedmap {

/// How a synthetic head looks.
enum class SyntheticHead
{
    Local,  ///< at the tokens just before
    Place,  ///< at the patches where the word's thing, or the patch itself, is
    Sink,   ///< at the first token and at one patch
    Broad,  ///< at everything alike
    Pointer ///< at one token: the patch in the middle of the word's thing, otherwise one that the position decides
};

/// Queries and keys of made-up heads, each row from its place alone, so that any part can be made in any order. A key
/// says what a position is: the sink, a patch or a word, where in the sequence, where on the picture, and noise that is
/// its own; a query of a head asks for some of it. Heads of one key-value group share keys, as they must.
class SyntheticHeads
{
public:
    /// Keeps a reference to the scene. Precondition: checkSyntheticSize(size) does not throw.
    SyntheticHeads(const SyntheticSize& size, const SyntheticScene& scene);

    SyntheticHead kindOf(int layer, int head) const;
    /// [count, headDim] from position `first` on.
    void queries(int layer, int head, std::int64_t first, std::int64_t count, std::span<float> out) const;
    void keys(int layer, int keyValueHead, std::int64_t first, std::int64_t count, std::span<float> out) const;

private:
    struct Asking;

    Asking askingOf(int layer, int head) const;
    void addFeatures(const Asking& asking, std::int64_t position, std::span<float> query) const;
    void addPlace(PointF place, float strength, std::span<float> vector) const;
    void addNoise(std::uint32_t stream, std::int64_t position, float strength, std::span<float> vector) const;
    std::int64_t pointedAt(const Asking& asking, std::int64_t position) const;
    std::uint32_t streamOf(int layer, int head, int part) const;

    SyntheticSize m_size;
    const SyntheticScene& m_scene;
    std::int64_t m_patchesBegin;
    std::int64_t m_patchesEnd;
};

} // namespace heedmap
