#include "core/base/dtype.h"

#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace heedmap {

namespace {
struct DTypeInfo
{
    DType dtype;
    std::string_view name;
    std::size_t bytes;
};

constexpr std::array<DTypeInfo, 15> kInfos{{
    {DType::Bool, "BOOL", 1},
    {DType::U8, "U8", 1},
    {DType::I8, "I8", 1},
    {DType::F8E5M2, "F8_E5M2", 1},
    {DType::F8E4M3, "F8_E4M3", 1},
    {DType::I16, "I16", 2},
    {DType::U16, "U16", 2},
    {DType::F16, "F16", 2},
    {DType::BF16, "BF16", 2},
    {DType::I32, "I32", 4},
    {DType::U32, "U32", 4},
    {DType::F32, "F32", 4},
    {DType::F64, "F64", 8},
    {DType::I64, "I64", 8},
    {DType::U64, "U64", 8},
}};
} // namespace

std::size_t itemSize(DType dtype)
{
    return kInfos[static_cast<std::size_t>(dtype)].bytes;
}

std::string_view dtypeName(DType dtype)
{
    return kInfos[static_cast<std::size_t>(dtype)].name;
}

std::optional<DType> dtypeFromName(std::string_view name)
{
    for (const DTypeInfo& info : kInfos)
        if (info.name == name)
            return info.dtype;
    return std::nullopt;
}

float floatFromBFloat16(std::uint16_t bits)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

float floatFromHalf(std::uint16_t bits)
{
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
    const std::uint32_t exponent = (bits >> 10) & 0x1fu;
    const std::uint32_t mantissa = bits & 0x3ffu;
    if (exponent == 0x1f)
        return std::bit_cast<float>(sign | 0x7f800000u | (mantissa << 13));
    if (exponent == 0) {
        const float magnitude = std::ldexp(static_cast<float>(mantissa), -24);
        return sign ? -magnitude : magnitude;
    }
    return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
}

float floatFromFloat8E5M2(std::uint8_t bits)
{
    return floatFromHalf(static_cast<std::uint16_t>(bits << 8)); // binary16 without its last eight bits
}

float floatFromFloat8E4M3(std::uint8_t bits)
{
    const int exponent = bits >> 3 & 0xf;
    const int mantissa = bits & 0x7;
    const float sign = bits & 0x80 ? -1.0f : 1.0f;
    if (exponent == 0xf && mantissa == 0x7)
        return std::copysign(std::numeric_limits<float>::quiet_NaN(), sign);
    if (exponent == 0)
        return sign * std::ldexp(static_cast<float>(mantissa), -9);
    return sign * std::ldexp(static_cast<float>(8 + mantissa), exponent - 10);
}

std::uint16_t halfFromFloat(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
    const float magnitude = std::fabs(value);
    if (std::isnan(value))
        return sign | 0x7e00u;
    if (magnitude >= 65520.0f) // halfway to the first value binary16 cannot hold
        return sign | 0x7c00u;
    if (magnitude < 6.103515625e-05f) // subnormal: a multiple of 2^-24
        return sign | static_cast<std::uint16_t>(std::nearbyint(std::ldexp(magnitude, 24)));
    const std::uint32_t rounded = (bits & 0x7fffffffu) + 0xfffu + ((bits >> 13) & 1u);
    return sign | static_cast<std::uint16_t>((rounded - (112u << 23)) >> 13);
}

std::uint16_t bfloat16FromFloat(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if (std::isnan(value))
        return static_cast<std::uint16_t>((bits >> 16) | 0x40u); // quiet: rounding could make it an infinity
    return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

} // namespace heedmap
