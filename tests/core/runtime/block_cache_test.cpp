#include "core/runtime/block_cache.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <sys/mman.h>
#include <unistd.h>

namespace heedmap {
namespace {

constexpr std::int64_t kMebi = 1 << 20;

at::Tensor bytes(std::int64_t count)
{
    return at::empty({count}, at::kByte);
}

bool isMapped(const void* address)
{
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    unsigned char resident = 0;
    void* begin = reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(address) / page * page);
    return ::mincore(begin, page, &resident) == 0 || errno != ENOMEM;
}

class BlockCacheTest : public testing::Test
{
protected:
    void SetUp() override
    {
        reuseLargeBlocks();
        releaseUnusedBlocks();
    }
    void TearDown() override { releaseUnusedBlocks(); }
};

TEST_F(BlockCacheTest, aLargeTensorGetsTheMemoryOfAnEarlierOne)
{
    at::Tensor first = bytes(60 * kMebi);
    const void* address = first.data_ptr();
    first.fill_(7);
    first.reset();
    const at::Tensor second = bytes(58 * kMebi);
    EXPECT_EQ(second.data_ptr(), address);
    EXPECT_NE(bytes(58 * kMebi).data_ptr(), address) << "it is in use";
}

TEST_F(BlockCacheTest, muchSmallerOnesDoNotTakeIt)
{
    at::Tensor large = bytes(128 * kMebi);
    const void* address = large.data_ptr();
    large.reset();
    EXPECT_NE(bytes(40 * kMebi).data_ptr(), address);
    EXPECT_EQ(bytes(128 * kMebi).data_ptr(), address);
}

TEST_F(BlockCacheTest, whatNobodyUsesCanBeGivenBack)
{
    at::Tensor used = bytes(64 * kMebi);
    at::Tensor unused = bytes(48 * kMebi);
    const void* address = unused.data_ptr();
    used.fill_(3);
    unused.reset();
    EXPECT_TRUE(isMapped(address));
    releaseUnusedBlocks();
    EXPECT_FALSE(isMapped(address));
    EXPECT_EQ(used.min().item<std::uint8_t>(), 3);
}

TEST_F(BlockCacheTest, tensorsOfAnySizeAreAlignedAndWhole)
{
    for (const std::int64_t count : {std::int64_t{1}, std::int64_t{4096}, 5 * kMebi, 33 * kMebi + 1}) {
        at::Tensor tensor = bytes(count);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data_ptr()) % 64, 0u) << count;
        tensor.fill_(1);
        tensor.resize_({2 * count}); // keeps what was there
        EXPECT_EQ(tensor.narrow(0, 0, count).min().item<std::uint8_t>(), 1) << count;
    }
    EXPECT_EQ(bytes(0).numel(), 0);
}

} // namespace
} // namespace heedmap
