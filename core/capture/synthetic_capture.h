#pragma once

#include "core/base/dtype.h"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace heedmap {

/// The size of a made-up capture: one causal sequence of words, the patches of one picture, and more words.
struct SyntheticSize
{
    int layers = 8;
    int heads = 8;
    int keyValueHeads = 8;
    std::int64_t tokens = 1024;
    int gridRows = 24;
    int gridColumns = 24;
    int headDim = 64;
    DType dtype = DType::F16; ///< of queries and keys: F32, F16 or BF16
    std::uint64_t seed = 1;
};

constexpr int kMinSyntheticHeadDim = 32; ///< what structure needs, and some dimensions for noise

/// Errors: InvalidRequest, which names the number that cannot be and what can.
void checkSyntheticSize(const SyntheticSize& size);

/// Bytes of all queries and keys; the file is larger by its picture and its token list. Precondition:
/// checkSyntheticSize does not throw.
std::int64_t syntheticTensorBytes(const SyntheticSize& size);

/// Writes a capture of a model that does not exist, for tests and benchmarks: an embedded picture of six things, a
/// prompt and a reply that name them, stored queries and keys of heads that look locally, at places, at sinks, broadly
/// or at single tokens (synthetic_heads.h). The same size and seed give the same bytes on one machine; across machines
/// cosines may differ in their last bit. Memory stays below a few times 16 MiB plus the token list. `progress` is told
/// how many of all layers are written and may throw to stop; then nothing is left behind, as with every CaptureWriter.
/// Errors: as checkSyntheticSize, Io (not enough room on the disk, found before anything is written).
void writeSyntheticCapture(const std::filesystem::path& path, const SyntheticSize& size,
                           const std::function<void(int done, int total)>& progress = {});

} // namespace heedmap
