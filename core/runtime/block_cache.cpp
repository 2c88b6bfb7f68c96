#include "core/runtime/block_cache.h"

#include <algorithm>
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <cstddef>
#include <mutex>
#include <sys/mman.h>
#include <vector>

namespace heedmap {

namespace {

constexpr std::size_t kLarge = std::size_t{32} << 20; ///< smaller blocks the C library keeps for later by itself
constexpr std::size_t kMostUnused = std::size_t{512} << 20;
constexpr std::size_t kUnit = std::size_t{2} << 20; ///< a huge page

/// In front of every block; as wide as tensors are aligned.
struct alignas(64) BlockHeader
{
    std::size_t mapped = 0; ///< bytes with this header; 0: a block of the C library's
};

/// Large blocks nobody uses at the moment.
class UnusedBlocks
{
public:
    /// Null: none fits.
    void* take(std::size_t bytes)
    {
        const std::lock_guard lock(m_mutex);
        auto best = m_blocks.end();
        for (auto block = m_blocks.begin(); block != m_blocks.end(); ++block)
            if (sizeOf(*block) >= bytes && sizeOf(*block) <= bytes + bytes / 4 &&
                (best == m_blocks.end() || sizeOf(*block) < sizeOf(*best)))
                best = block;
        if (best == m_blocks.end())
            return nullptr;
        void* found = *best;
        m_bytes -= sizeOf(found);
        m_blocks.erase(best);
        return found;
    }

    void give(void* block)
    {
        const std::lock_guard lock(m_mutex);
        if (m_bytes + sizeOf(block) > kMostUnused) {
            ::munmap(block, sizeOf(block));
            return;
        }
        m_bytes += sizeOf(block);
        m_blocks.push_back(block);
    }

    void release()
    {
        const std::lock_guard lock(m_mutex);
        for (void* block : m_blocks)
            ::munmap(block, sizeOf(block));
        m_blocks.clear();
        m_bytes = 0;
    }

private:
    static std::size_t sizeOf(const void* block) { return static_cast<const BlockHeader*>(block)->mapped; }

    std::mutex m_mutex;
    std::vector<void*> m_blocks;
    std::size_t m_bytes = 0;
};

UnusedBlocks& unusedBlocks()
{
    static auto* blocks = new UnusedBlocks; // tensors with static lifetime come back to it at the very end
    return *blocks;
}

void* newMapping(std::size_t bytes)
{
    void* block = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED)
        return nullptr;
    ::madvise(block, bytes, MADV_HUGEPAGE); // advice: without it small pages do
    return block;
}

/// Null when the system has no memory.
void* largeBlock(std::size_t bytes)
{
    const std::size_t mapped = (bytes + kUnit - 1) / kUnit * kUnit;
    void* block = unusedBlocks().take(mapped);
    if (!block)
        block = newMapping(mapped);
    if (!block) {
        unusedBlocks().release();
        block = newMapping(mapped);
    }
    if (block && static_cast<BlockHeader*>(block)->mapped == 0)
        static_cast<BlockHeader*>(block)->mapped = mapped;
    return block;
}

void freeBlock(void* data)
{
    if (!data)
        return;
    void* block = static_cast<std::byte*>(data) - sizeof(BlockHeader);
    if (static_cast<BlockHeader*>(block)->mapped > 0)
        unusedBlocks().give(block);
    else
        c10::free_cpu(block);
}

class BlockCache final : public c10::Allocator
{
public:
    c10::DataPtr allocate(std::size_t bytes) const override
    {
        if (bytes == 0)
            return {nullptr, nullptr, &freeBlock, c10::Device(c10::DeviceType::CPU)};
        void* block = bytes >= kLarge ? largeBlock(bytes + sizeof(BlockHeader)) : nullptr;
        if (!block) {
            block = c10::alloc_cpu(bytes + sizeof(BlockHeader)); // throws, and says so, when there is no memory
            static_cast<BlockHeader*>(block)->mapped = 0;
        }
        void* data = static_cast<std::byte*>(block) + sizeof(BlockHeader);
        return {data, data, &freeBlock, c10::Device(c10::DeviceType::CPU)};
    }

    c10::DeleterFnPtr raw_deleter() const override { return &freeBlock; }
};

} // namespace

void reuseLargeBlocks()
{
    static BlockCache cache;
    c10::SetCPUAllocator(&cache, 1);
}

void releaseUnusedBlocks()
{
    unusedBlocks().release();
}

} // namespace heedmap
