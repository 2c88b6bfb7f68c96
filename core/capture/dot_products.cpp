#include "core/capture/dot_products.h"

#include "core/base/float_conversion.h"

#include <algorithm>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(__GNUC__) && !defined(__clang__) // its own avx512fintrin.h: bug 105593
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace heedmap {

namespace {

constexpr std::int64_t kConvertedElements = 1 << 12; ///< at a time: they stay in the L1 cache

/// Eight sums, so that the additions need not wait for one another.
double dotInDouble(const double* a, const float* b, std::int64_t count)
{
    double sums[8] = {};
    std::int64_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (int lane = 0; lane < 8; ++lane)
            sums[lane] += a[i + lane] * b[i + lane];
    for (; i < count; ++i)
        sums[0] += a[i] * b[i];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/// use(first key, keys as float, how many), a few keys at a time.
template <typename Use>
void forEachConverted(const KeyVectors& keys, Use use)
{
    const std::int64_t step = std::clamp<std::int64_t>(kConvertedElements / keys.width, 1, keys.count);
    std::vector<float> floats(static_cast<std::size_t>(step * keys.width));
    for (std::int64_t key = 0; key < keys.count; key += step) {
        const std::int64_t count = std::min(step, keys.count - key);
        floatsFromBytes(keys.dtype, keys.bytes + static_cast<std::size_t>(key * keys.width) * itemSize(keys.dtype),
                        std::span(floats).first(static_cast<std::size_t>(count * keys.width)));
        use(key, floats.data(), count);
    }
}

void multiplyPortable(const double* queries, std::int64_t rows, const KeyVectors& keys, double* out,
                      std::int64_t stride)
{
    forEachConverted(keys, [&](std::int64_t first, const float* floats, std::int64_t count) {
        for (std::int64_t key = 0; key < count; ++key)
            for (std::int64_t row = 0; row < rows; ++row)
                out[row * stride + first + key] =
                    dotInDouble(queries + row * keys.width, floats + key * keys.width, keys.width);
    });
}

#if defined(__x86_64__)

#define HEEDMAP_AVX2 __attribute__((target("avx2,fma,f16c")))
#define HEEDMAP_AVX512 __attribute__((target("avx512f,avx512vl,avx512dq,fma,f16c")))

constexpr std::int64_t kLanes = 8; ///< the kernels below take widths of whole multiples

struct Single
{
    static constexpr std::int64_t kBytes = 4;
    HEEDMAP_AVX2 static __m256d four(const std::byte* at)
    {
        return _mm256_cvtps_pd(_mm_loadu_ps(reinterpret_cast<const float*>(at)));
    }
    HEEDMAP_AVX512 static __m512d eight(const std::byte* at)
    {
        return _mm512_cvtps_pd(_mm256_loadu_ps(reinterpret_cast<const float*>(at)));
    }
};

struct Half
{
    static constexpr std::int64_t kBytes = 2;
    HEEDMAP_AVX2 static __m256d four(const std::byte* at)
    {
        return _mm256_cvtps_pd(_mm_cvtph_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(at))));
    }
    HEEDMAP_AVX512 static __m512d eight(const std::byte* at)
    {
        return _mm512_cvtps_pd(_mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at))));
    }
};

struct BrainFloat ///< the upper half of a single
{
    static constexpr std::int64_t kBytes = 2;
    HEEDMAP_AVX2 static __m256d four(const std::byte* at)
    {
        const __m128i upper = _mm_cvtepu16_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(at)));
        return _mm256_cvtps_pd(_mm_castsi128_ps(_mm_slli_epi32(upper, 16)));
    }
    HEEDMAP_AVX512 static __m512d eight(const std::byte* at)
    {
        const __m256i upper = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
        return _mm512_cvtps_pd(_mm256_castsi256_ps(_mm256_slli_epi32(upper, 16)));
    }
};

/// Asks for the memory that will be multiplied a little later: what the processor foresees itself comes too late. Past
/// the end it does nothing.
inline void prefetch(const std::byte* keys, std::int64_t bytes)
{
    constexpr std::int64_t ahead = 2048;
    constexpr std::int64_t line = 64;
    for (std::int64_t at = 0; at < bytes; at += line)
        __builtin_prefetch(keys + ahead + at);
}

HEEDMAP_AVX2 inline double sumOf(__m256d lanes)
{
    const __m128d pairs = _mm_add_pd(_mm256_castpd256_pd128(lanes), _mm256_extractf128_pd(lanes, 1));
    return _mm_cvtsd_f64(_mm_add_sd(pairs, _mm_unpackhi_pd(pairs, pairs)));
}

/// Rows × Keys products at once. Eight sums keep both multipliers busy: an addition takes four cycles.
template <typename Element, int Rows, int Keys>
HEEDMAP_AVX2 void blockAvx2(const double* queries, const std::byte* keys, std::int64_t width, double* out,
                            std::int64_t stride)
{
    prefetch(keys, Keys * width * Element::kBytes);
    __m256d sums[Rows][Keys] = {};
    for (std::int64_t i = 0; i < width; i += 4) {
        __m256d wide[Keys];
#pragma GCC unroll 8
        for (int key = 0; key < Keys; ++key)
            wide[key] = Element::four(keys + (key * width + i) * Element::kBytes);
#pragma GCC unroll 8
        for (int row = 0; row < Rows; ++row) {
            const __m256d query = _mm256_loadu_pd(queries + row * width + i);
#pragma GCC unroll 8
            for (int key = 0; key < Keys; ++key)
                sums[row][key] = _mm256_fmadd_pd(query, wide[key], sums[row][key]);
        }
    }
    for (int row = 0; row < Rows; ++row)
        for (int key = 0; key < Keys; ++key)
            out[row * stride + key] = sumOf(sums[row][key]);
}

/// The sums of the lanes of a, b, c and d: as many shuffles as one of them alone would take twice.
HEEDMAP_AVX512 inline __m256d sumsOf(__m512d a, __m512d b, __m512d c, __m512d d)
{
    const __m512d ab = _mm512_add_pd(_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b)); // a, b, a, b, …
    const __m512d cd = _mm512_add_pd(_mm512_unpacklo_pd(c, d), _mm512_unpackhi_pd(c, d));
    const __m512d halves = _mm512_add_pd(_mm512_shuffle_f64x2(ab, cd, 0x88), _mm512_shuffle_f64x2(ab, cd, 0xdd));
    return _mm512_castpd512_pd256(_mm512_add_pd(_mm512_shuffle_f64x2(halves, halves, 0x08), // a, b, c, d
                                                _mm512_shuffle_f64x2(halves, halves, 0x0d)));
}

template <typename Element, int Rows, int Keys>
HEEDMAP_AVX512 void blockAvx512(const double* queries, const std::byte* keys, std::int64_t width, double* out,
                                std::int64_t stride)
{
    prefetch(keys, Keys * width * Element::kBytes);
    __m512d sums[Rows][4] = {};
    for (std::int64_t i = 0; i < width; i += 8) {
        __m512d wide[Keys];
#pragma GCC unroll 8
        for (int key = 0; key < Keys; ++key)
            wide[key] = Element::eight(keys + (key * width + i) * Element::kBytes);
#pragma GCC unroll 8
        for (int row = 0; row < Rows; ++row) {
            const __m512d query = _mm512_loadu_pd(queries + row * width + i);
#pragma GCC unroll 8
            for (int key = 0; key < Keys; ++key)
                sums[row][key] = _mm512_fmadd_pd(query, wide[key], sums[row][key]);
        }
    }
#pragma GCC unroll 8
    for (int row = 0; row < Rows; ++row) {
        const __m256d four = sumsOf(sums[row][0], sums[row][1], sums[row][2], sums[row][3]);
        if constexpr (Keys == 4)
            _mm256_storeu_pd(out + row * stride, four);
        else
            out[row * stride] = _mm256_cvtsd_f64(four);
    }
}

using Block = void (*)(const double*, const std::byte*, std::int64_t, double*, std::int64_t);

/// What multiplies how many rows by how many keys.
struct Blocks
{
    Block several; ///< 4 rows, `keysOfSeveral` keys
    Block one;     ///< 1 row, `keysOfOne` keys
    Block severalWithOneKey;
    Block oneWithOneKey;
    std::int64_t keysOfSeveral;
    std::int64_t keysOfOne;
    std::int64_t keyBytes; ///< of an element
};

template <typename Element>
Blocks blocksFor(InstructionSet instructions)
{
    if (instructions == InstructionSet::Avx512)
        return {&blockAvx512<Element, 4, 4>,
                &blockAvx512<Element, 1, 4>,
                &blockAvx512<Element, 4, 1>,
                &blockAvx512<Element, 1, 1>,
                4,
                4,
                Element::kBytes};
    return {&blockAvx2<Element, 4, 2>,
            &blockAvx2<Element, 1, 8>,
            &blockAvx2<Element, 4, 1>,
            &blockAvx2<Element, 1, 1>,
            2,
            8,
            Element::kBytes};
}

void multiplyInBlocks(const Blocks& blocks, const double* queries, std::int64_t rows, const KeyVectors& keys,
                      double* out, std::int64_t stride)
{
    for (std::int64_t row = 0; row < rows;) {
        const bool several = row + 4 <= rows;
        const std::int64_t step = several ? blocks.keysOfSeveral : blocks.keysOfOne;
        for (std::int64_t key = 0; key < keys.count;) {
            const bool whole = key + step <= keys.count;
            const Block block = several ? (whole ? blocks.several : blocks.severalWithOneKey)
                                        : (whole ? blocks.one : blocks.oneWithOneKey);
            block(queries + row * keys.width, keys.bytes + key * keys.width * blocks.keyBytes, keys.width,
                  out + row * stride + key, stride);
            key += whole ? step : 1;
        }
        row += several ? 4 : 1;
    }
}

void multiplyWide(const double* queries, std::int64_t rows, const KeyVectors& keys, double* out, std::int64_t stride,
                  InstructionSet instructions)
{
    if (keys.dtype == DType::F32)
        return multiplyInBlocks(blocksFor<Single>(instructions), queries, rows, keys, out, stride);
    if (keys.dtype == DType::F16)
        return multiplyInBlocks(blocksFor<Half>(instructions), queries, rows, keys, out, stride);
    multiplyInBlocks(blocksFor<BrainFloat>(instructions), queries, rows, keys, out, stride);
}

bool isWide(const KeyVectors& keys)
{
    return keys.width % kLanes == 0 &&
           (keys.dtype == DType::F32 || keys.dtype == DType::F16 || keys.dtype == DType::BF16);
}

#endif

} // namespace

void dotProducts(const double* queries, std::int64_t rows, const KeyVectors& keys, double* out, std::int64_t stride,
                 InstructionSet instructions)
{
    if (keys.count < 1 || keys.width < 1) {
        for (std::int64_t row = 0; row < rows; ++row)
            std::fill_n(out + row * stride, keys.count, 0.0);
        return;
    }
#if defined(__x86_64__)
    if (instructions != InstructionSet::Portable && isWide(keys))
        return multiplyWide(queries, rows, keys, out, stride, instructions);
#endif
    multiplyPortable(queries, rows, keys, out, stride);
}

} // namespace heedmap
