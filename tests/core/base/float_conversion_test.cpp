#include "core/base/float_conversion.h"
#include "tests/core/base/expect_error.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace heedmap {
namespace {

template <typename Element>
std::vector<Element> elementsOf(const std::vector<std::byte>& bytes)
{
    std::vector<Element> elements(bytes.size() / sizeof(Element));
    std::memcpy(elements.data(), bytes.data(), bytes.size());
    return elements;
}

std::vector<std::byte> stored(DType dtype, const std::vector<float>& values)
{
    std::vector<std::byte> bytes(values.size() * itemSize(dtype));
    bytesFromFloats(dtype, values, bytes);
    return bytes;
}

/// Values around every rounding decision: all halves, their neighbours, and the middles between them.
std::vector<float> edges()
{
    std::vector<float> values;
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
        const auto value = static_cast<float>(std::bit_cast<_Float16>(static_cast<std::uint16_t>(bits)));
        const auto next = static_cast<float>(std::bit_cast<_Float16>(static_cast<std::uint16_t>(bits + 1)));
        if (std::isnan(value) || std::isnan(next))
            continue;
        const float middle = value / 2 + next / 2;
        for (const float around : {value, middle})
            for (const float edge : {around, std::nextafter(around, 1e30f), std::nextafter(around, -1e30f)})
                values.push_back(edge);
    }
    return values;
}

TEST(FloatConversion, EveryHalfIsTheCompilersFloat)
{
    std::vector<std::byte> bytes(2 * 0x10000 + 1);
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
        const auto half = static_cast<std::uint16_t>(bits);
        std::memcpy(bytes.data() + 1 + 2 * bits, &half, 2); // at odd addresses
    }
    for (const std::size_t count : {0x10000, 0x10000 - 3}) {
        std::vector<float> out(count);
        floatsFromBytes(DType::F16, bytes.data() + 1, out);
        for (std::size_t bits = 0; bits < count; ++bits) {
            const auto expected = static_cast<float>(std::bit_cast<_Float16>(static_cast<std::uint16_t>(bits)));
            if (std::isnan(expected))
                EXPECT_TRUE(std::isnan(out[bits])) << bits;
            else
                EXPECT_EQ(std::bit_cast<std::uint32_t>(out[bits]), std::bit_cast<std::uint32_t>(expected)) << bits;
        }
    }
}

TEST(FloatConversion, HalvesAreRoundedAsTheCompilerDoes)
{
    const std::vector<float> values = edges();
    const auto halves = elementsOf<std::uint16_t>(stored(DType::F16, values));
    for (std::size_t i = 0; i < values.size(); ++i)
        ASSERT_EQ(halves[i], std::bit_cast<std::uint16_t>(static_cast<_Float16>(values[i]))) << values[i];
}

TEST(FloatConversion, BFloat16IsRoundedToTheNearestTiesToEven)
{
    const std::vector<float> values = {1.0f,
                                       1.00390625f, // 1 + 2⁻⁸, halfway: to the even 1
                                       1.01171875f, // 1 + 3·2⁻⁸, halfway: to the even 1 + 2⁻⁶
                                       1.004f,
                                       -0.0f,
                                       std::numeric_limits<float>::max(),
                                       std::numeric_limits<float>::infinity(),
                                       std::bit_cast<float>(0x7f800001u)};
    const auto stores = elementsOf<std::uint16_t>(stored(DType::BF16, values));
    EXPECT_EQ(stores[0], 0x3f80);
    EXPECT_EQ(stores[1], 0x3f80);
    EXPECT_EQ(stores[2], 0x3f82);
    EXPECT_EQ(stores[3], 0x3f81);
    EXPECT_EQ(stores[4], 0x8000);
    EXPECT_EQ(stores[5], 0x7f80);
    EXPECT_EQ(stores[6], 0x7f80);
    EXPECT_TRUE(std::isnan(floatFromBFloat16(stores[7])));
}

TEST(FloatConversion, ANumberThatIsNoneStaysNone)
{
    const std::vector<float> values(9, std::numeric_limits<float>::quiet_NaN()); // eight at once, and one alone
    for (const DType dtype : {DType::F16, DType::BF16, DType::F32}) {
        std::vector<float> back(values.size());
        floatsFromBytes(dtype, stored(dtype, values).data(), back);
        for (const float value : back)
            EXPECT_TRUE(std::isnan(value)) << dtypeName(dtype);
    }
}

TEST(FloatConversion, OtherTypesAreNotWritten)
{
    std::vector<std::byte> bytes(8);
    const std::vector<float> values(1);
    expectError(ErrorKind::InvalidRequest, {"F64"}, [&] { bytesFromFloats(DType::F64, values, bytes); });
}

} // namespace
} // namespace heedmap
