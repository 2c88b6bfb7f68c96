#include "core/base/float_conversion.h"

#include "core/base/error.h"

#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace heedmap {

namespace {

template <typename Element, typename Convert>
void convertElements(const std::byte* source, std::span<float> out, Convert convert)
{
    for (float& value : out) {
        Element element;
        std::memcpy(&element, source, sizeof(Element));
        source += sizeof(Element);
        value = convert(element);
    }
}

template <typename Element>
void castElements(const std::byte* source, std::span<float> out)
{
    convertElements<Element>(source, out, [](Element element) { return static_cast<float>(element); });
}

template <typename Convert>
void convertFloats(std::span<const float> values, std::byte* out, Convert convert)
{
    for (const float value : values) {
        const std::uint16_t element = convert(value);
        std::memcpy(out, &element, sizeof element);
        out += sizeof element;
    }
}

#if defined(__x86_64__)

constexpr std::size_t kLanes = 8;

bool hasHalfInstructions()
{
    static const bool kHas = __builtin_cpu_supports("avx") && __builtin_cpu_supports("f16c");
    return kHas;
}

/// Both return how many elements they converted: whole groups of eight.
__attribute__((target("avx,f16c"))) std::size_t floatsFromHalvesFast(const std::byte* source, std::span<float> out)
{
    std::size_t i = 0;
    for (; i + kLanes <= out.size(); i += kLanes)
        _mm256_storeu_ps(out.data() + i,
                         _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(source + 2 * i))));
    return i;
}

__attribute__((target("avx,f16c"))) std::size_t halvesFromFloatsFast(std::span<const float> values, std::byte* out)
{
    std::size_t i = 0;
    for (; i + kLanes <= values.size(); i += kLanes)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 2 * i),
                         _mm256_cvtps_ph(_mm256_loadu_ps(values.data() + i), _MM_FROUND_TO_NEAREST_INT));
    return i;
}

#else

bool hasHalfInstructions()
{
    return false;
}
std::size_t floatsFromHalvesFast(const std::byte*, std::span<float>)
{
    return 0;
}
std::size_t halvesFromFloatsFast(std::span<const float>, std::byte*)
{
    return 0;
}

#endif

void floatsFromHalves(const std::byte* source, std::span<float> out)
{
    const std::size_t done = hasHalfInstructions() ? floatsFromHalvesFast(source, out) : 0;
    convertElements<std::uint16_t>(source + 2 * done, out.subspan(done), floatFromHalf);
}

void halvesFromFloats(std::span<const float> values, std::byte* out)
{
    const std::size_t done = hasHalfInstructions() ? halvesFromFloatsFast(values, out) : 0;
    convertFloats(values.subspan(done), out + 2 * done, halfFromFloat);
}

} // namespace

void floatsFromBytes(DType dtype, const std::byte* source, std::span<float> out)
{
    switch (dtype) {
    case DType::F32:
        if (!out.empty())
            std::memcpy(out.data(), source, out.size_bytes());
        return;
    case DType::F16:
        return floatsFromHalves(source, out);
    case DType::BF16:
        return convertElements<std::uint16_t>(source, out, floatFromBFloat16);
    case DType::F64:
        return castElements<double>(source, out);
    case DType::Bool:
    case DType::U8:
        return castElements<std::uint8_t>(source, out);
    case DType::I8:
        return castElements<std::int8_t>(source, out);
    case DType::I16:
        return castElements<std::int16_t>(source, out);
    case DType::U16:
        return castElements<std::uint16_t>(source, out);
    case DType::I32:
        return castElements<std::int32_t>(source, out);
    case DType::U32:
        return castElements<std::uint32_t>(source, out);
    case DType::I64:
        return castElements<std::int64_t>(source, out);
    case DType::U64:
        return castElements<std::uint64_t>(source, out);
    case DType::F8E5M2:
        return convertElements<std::uint8_t>(source, out, floatFromFloat8E5M2);
    case DType::F8E4M3:
        return convertElements<std::uint8_t>(source, out, floatFromFloat8E4M3);
    }
}

void bytesFromFloats(DType dtype, std::span<const float> values, std::span<std::byte> out)
{
    if (values.empty())
        return;
    if (dtype == DType::F32)
        std::memcpy(out.data(), values.data(), values.size_bytes());
    else if (dtype == DType::F16)
        halvesFromFloats(values, out.data());
    else if (dtype == DType::BF16)
        convertFloats(values, out.data(), bfloat16FromFloat);
    else
        throw Error(ErrorKind::InvalidRequest, "values are stored as F32, F16 or BF16, not as {}", dtypeName(dtype));
}

} // namespace heedmap
