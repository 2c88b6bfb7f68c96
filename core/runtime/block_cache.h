#pragma once

namespace heedmap {

/// Gives tensors of 32 MiB and more the memory that earlier ones had. Maps of a long axis are that large and live for
/// a layer: the C library gives such blocks back to the system at once (M_MMAP_THRESHOLD is 32 MiB at most), and every
/// layer would wait for the system to hand out zeroed pages anew. For the whole process; call once, before the first
/// tensor.
void reuseLargeBlocks();

/// Gives back to the system what no tensor uses. Thread-safe.
void releaseUnusedBlocks();

struct UnusedBlocksReleased
{
    ~UnusedBlocksReleased() { releaseUnusedBlocks(); }
};

} // namespace heedmap
