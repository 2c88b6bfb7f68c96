#include "core/base/error.h"
#include "core/base/packed_bytes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace heedmap {
namespace {

TEST(PackedBytes, comeBackToTheBit)
{
    BytePacker packer;
    packer.add(std::int64_t{-7});
    packer.add(0.1);
    packer.addText("ünïcode");
    packer.addNumbers(std::vector<double>{std::nextafter(1.0, 2.0), -0.0, std::numeric_limits<double>::denorm_min()});
    packer.addNumbers(std::vector<float>{});
    packer.addNumbers(std::vector<std::int64_t>{1, 2});
    ByteUnpacker unpacker(packer.bytes());
    EXPECT_EQ(unpacker.integer(), -7);
    EXPECT_EQ(unpacker.number(), 0.1);
    EXPECT_EQ(unpacker.text(), "ünïcode");
    const std::vector<double> doubles = unpacker.doubles();
    EXPECT_EQ(doubles[0], std::nextafter(1.0, 2.0));
    EXPECT_TRUE(std::signbit(doubles[1]));
    EXPECT_EQ(doubles[2], std::numeric_limits<double>::denorm_min());
    EXPECT_TRUE(unpacker.floats().empty());
    EXPECT_EQ(unpacker.integers(), (std::vector<std::int64_t>{1, 2}));
    EXPECT_NO_THROW(unpacker.finish());
}

TEST(PackedBytes, sizesThatLieAreRefusedBeforeAnythingIsAllocated)
{
    for (const std::int64_t size : {std::int64_t{-1}, std::int64_t{1} << 62, std::numeric_limits<std::int64_t>::max(),
                                    std::numeric_limits<std::int64_t>::min(), std::int64_t{9}}) {
        BytePacker packer;
        packer.add(size);
        packer.add(std::int64_t{0}); // eight bytes are left: one double, not nine
        EXPECT_THROW(ByteUnpacker(packer.bytes()).doubles(), Error) << size;
        EXPECT_THROW(ByteUnpacker(packer.bytes()).text(), Error) << size;
        EXPECT_THROW(ByteUnpacker(packer.bytes()).count(1), Error) << size;
    }
}

TEST(PackedBytes, whatIsMissingOrTooMuchIsAnError)
{
    BytePacker three;
    three.add(std::int64_t{3});
    three.addText("abcdefgh");
    EXPECT_EQ(ByteUnpacker(three.bytes()).count(5), 3U);
    EXPECT_THROW(ByteUnpacker(three.bytes()).count(6), Error);
    BytePacker packer;
    packer.add(1.5);
    ByteUnpacker unpacker(std::span(packer.bytes()).first(7));
    EXPECT_THROW(unpacker.number(), Error);
    ByteUnpacker whole(packer.bytes());
    EXPECT_THROW(whole.finish(), Error);
    EXPECT_EQ(whole.rest().size(), 8U);
    EXPECT_NO_THROW(whole.finish());
}

} // namespace
} // namespace heedmap
