#include "core/base/dtype.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <string>

namespace heedmap {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// The compiler's own binary16.
float compilerFloat(std::uint16_t bits)
{
    return static_cast<float>(std::bit_cast<_Float16>(bits));
}

std::uint16_t compilerHalf(float value)
{
    return std::bit_cast<std::uint16_t>(static_cast<_Float16>(value));
}

TEST(DType, NamesAndSizesAreThoseOfTheFormat)
{
    const std::pair<const char*, std::size_t> expected[] = {
        {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1}, {"I16", 2}, {"U16", 2}, {"F16", 2},
        {"BF16", 2}, {"I32", 4}, {"U32", 4}, {"F32", 4},     {"F64", 8},     {"I64", 8}, {"U64", 8}};
    for (const auto& [name, bytes] : expected) {
        const std::optional<DType> dtype = dtypeFromName(name);
        ASSERT_TRUE(dtype) << name;
        EXPECT_EQ(dtypeName(*dtype), name);
        EXPECT_EQ(itemSize(*dtype), bytes) << name;
    }
    EXPECT_FALSE(dtypeFromName("f32"));
    EXPECT_FALSE(dtypeFromName(""));
}

TEST(Half, EveryPatternReadsAsTheCompilerReadsIt)
{
    for (std::uint32_t pattern = 0; pattern <= 0xffff; ++pattern) {
        const auto bits = static_cast<std::uint16_t>(pattern);
        const float wanted = compilerFloat(bits);
        if (std::isnan(wanted))
            ASSERT_TRUE(std::isnan(floatFromHalf(bits))) << pattern;
        else
            ASSERT_EQ(std::bit_cast<std::uint32_t>(floatFromHalf(bits)), std::bit_cast<std::uint32_t>(wanted))
                << pattern;
    }
}

TEST(Half, EveryValueSurvivesTheRoundTrip)
{
    for (std::uint32_t pattern = 0; pattern <= 0xffff; ++pattern) {
        const auto bits = static_cast<std::uint16_t>(pattern);
        const float value = floatFromHalf(bits);
        if (std::isnan(value))
            ASSERT_TRUE(std::isnan(floatFromHalf(halfFromFloat(value)))) << pattern;
        else
            ASSERT_EQ(halfFromFloat(value), bits);
    }
}

TEST(Half, TiesGoToEvenAndEverythingElseToTheNearest)
{
    for (std::uint16_t bits = 0; bits < 0x7bff; ++bits) { // every gap between finite non-negative values
        const auto next = static_cast<std::uint16_t>(bits + 1);
        const float middle = (compilerFloat(bits) + compilerFloat(next)) / 2; // exact in single precision
        const std::uint16_t even = bits % 2 == 0 ? bits : next;
        ASSERT_EQ(halfFromFloat(middle), even) << bits;
        ASSERT_EQ(halfFromFloat(-middle), even | 0x8000) << bits;
        ASSERT_EQ(halfFromFloat(std::nextafter(middle, 0.0f)), bits) << bits;
        ASSERT_EQ(halfFromFloat(std::nextafter(middle, kInfinity)), next) << bits;
    }
}

TEST(Half, OverflowBecomesInfinity)
{
    EXPECT_EQ(halfFromFloat(65504.0f), 0x7bff);
    EXPECT_EQ(halfFromFloat(std::nextafter(65520.0f, 0.0f)), 0x7bff);
    EXPECT_EQ(halfFromFloat(65520.0f), 0x7c00);
    EXPECT_EQ(halfFromFloat(-1e30f), 0xfc00);
    EXPECT_EQ(halfFromFloat(kInfinity), 0x7c00);
}

TEST(Half, AMillionFloatsRoundAsTheCompilerRoundsThem)
{
    for (std::uint64_t pattern = 0; pattern <= 0xffffffff; pattern += 4001) {
        const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(pattern));
        if (std::isnan(value))
            ASSERT_TRUE(std::isnan(floatFromHalf(halfFromFloat(value)))) << pattern;
        else
            ASSERT_EQ(halfFromFloat(value), compilerHalf(value)) << pattern;
    }
}

TEST(BFloat16, IsTheUpperHalfOfASingle)
{
    EXPECT_EQ(floatFromBFloat16(0x3f80), 1.0f);
    EXPECT_EQ(floatFromBFloat16(0xc049), -3.140625f);
    EXPECT_EQ(floatFromBFloat16(0x0001), std::ldexp(1.0f, -133));
    EXPECT_EQ(floatFromBFloat16(0xff80), -kInfinity);
    EXPECT_TRUE(std::isnan(floatFromBFloat16(0x7fc0)));
    EXPECT_TRUE(std::signbit(floatFromBFloat16(0x8000)));
}

TEST(Float8, HasTheValuesOfThePaper)
{
    // arXiv:2209.05433, table 1
    EXPECT_EQ(floatFromFloat8E4M3(0x7e), 448.0f);
    EXPECT_EQ(floatFromFloat8E4M3(0x08), std::ldexp(1.0f, -6));
    EXPECT_EQ(floatFromFloat8E4M3(0x07), std::ldexp(0.875f, -6));
    EXPECT_EQ(floatFromFloat8E4M3(0x81), -std::ldexp(1.0f, -9));
    EXPECT_TRUE(std::isnan(floatFromFloat8E4M3(0x7f)));
    EXPECT_TRUE(std::isnan(floatFromFloat8E4M3(0xff)));
    EXPECT_EQ(floatFromFloat8E5M2(0x7b), 57344.0f);
    EXPECT_EQ(floatFromFloat8E5M2(0x01), std::ldexp(1.0f, -16));
    EXPECT_EQ(floatFromFloat8E5M2(0xfc), -kInfinity);
    EXPECT_TRUE(std::isnan(floatFromFloat8E5M2(0x7d)));
}

} // namespace
} // namespace heedmap
