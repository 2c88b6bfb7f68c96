#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace heedmap {

/// Element types of the safetensors format. Names are the format's own ("F32", "BF16", …).
enum class DType : std::uint8_t
{
    Bool,
    U8,
    I8,
    F8E5M2,
    F8E4M3,
    I16,
    U16,
    F16,
    BF16,
    I32,
    U32,
    F32,
    F64,
    I64,
    U64
};

std::size_t itemSize(DType dtype); ///< Bytes per element.
std::string_view dtypeName(DType dtype);
std::optional<DType> dtypeFromName(std::string_view name);

/// IEEE 754 binary16 and bfloat16 to single precision, exact, NaN and subnormals included.
float floatFromHalf(std::uint16_t bits);
float floatFromBFloat16(std::uint16_t bits);
/// The format's F8_E5M2 and F8_E4M3, exact. E4M3 is the "FN" variant: no infinities, NaN only 0x7f and 0xff.
/// Source: Micikevicius et al., "FP8 formats for deep learning", arXiv:2209.05433.
float floatFromFloat8E5M2(std::uint8_t bits);
float floatFromFloat8E4M3(std::uint8_t bits);
/// Round to nearest, ties to even; overflow becomes infinity.
std::uint16_t halfFromFloat(float value);
std::uint16_t bfloat16FromFloat(float value);

} // namespace heedmap
