#include "core/capture/dot_products.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace heedmap {

namespace {

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

#if defined(__x86_64__)

constexpr std::int64_t kLanes = 4;

bool hasWideInstructions()
{
    static const bool kHas = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    return kHas;
}

__attribute__((target("avx2,fma"))) inline double sumOf(__m256d lanes)
{
    const __m128d pairs = _mm_add_pd(_mm256_castpd256_pd128(lanes), _mm256_extractf128_pd(lanes, 1));
    return _mm_cvtsd_f64(_mm_add_sd(pairs, _mm_unpackhi_pd(pairs, pairs)));
}

/// Rows × Keys products at once. Eight sums keep both multipliers busy: an addition takes four cycles.
template <int Rows, int Keys>
__attribute__((target("avx2,fma"))) void multiplyBlock(const double* queries, const float* keys, std::int64_t width,
                                                       double* out, std::int64_t stride)
{
    __m256d sums[Rows][Keys];
#pragma GCC unroll 8
    for (int row = 0; row < Rows; ++row)
#pragma GCC unroll 8
        for (int key = 0; key < Keys; ++key)
            sums[row][key] = _mm256_setzero_pd();
    std::int64_t i = 0;
    for (; i + kLanes <= width; i += kLanes) {
        __m256d wide[Keys];
#pragma GCC unroll 8
        for (int key = 0; key < Keys; ++key)
            wide[key] = _mm256_cvtps_pd(_mm_loadu_ps(keys + key * width + i));
#pragma GCC unroll 8
        for (int row = 0; row < Rows; ++row) {
            const __m256d query = _mm256_loadu_pd(queries + row * width + i);
#pragma GCC unroll 8
            for (int key = 0; key < Keys; ++key)
                sums[row][key] = _mm256_fmadd_pd(query, wide[key], sums[row][key]);
        }
    }
    for (int row = 0; row < Rows; ++row)
        for (int key = 0; key < Keys; ++key) {
            double sum = sumOf(sums[row][key]);
            for (std::int64_t rest = i; rest < width; ++rest)
                sum += queries[row * width + rest] * keys[key * width + rest];
            out[row * stride + key] = sum;
        }
}

template <int Rows, int Keys>
void multiplyRows(const double* queries, const float* keys, std::int64_t count, std::int64_t width, double* out,
                  std::int64_t stride)
{
    std::int64_t key = 0;
    for (; key + Keys <= count; key += Keys)
        multiplyBlock<Rows, Keys>(queries, keys + key * width, width, out + key, stride);
    for (; key < count; ++key)
        multiplyBlock<Rows, 1>(queries, keys + key * width, width, out + key, stride);
}

#endif

} // namespace

void dotProductsPortable(const double* queries, std::int64_t rows, const float* keys, std::int64_t count,
                         std::int64_t width, double* out, std::int64_t stride)
{
    for (std::int64_t key = 0; key < count; ++key)
        for (std::int64_t row = 0; row < rows; ++row)
            out[row * stride + key] = dotInDouble(queries + row * width, keys + key * width, width);
}

void dotProducts(const double* queries, std::int64_t rows, const float* keys, std::int64_t count, std::int64_t width,
                 double* out, std::int64_t stride)
{
#if defined(__x86_64__)
    if (hasWideInstructions()) {
        std::int64_t row = 0;
        for (; row + 4 <= rows; row += 4)
            multiplyRows<4, 2>(queries + row * width, keys, count, width, out + row * stride, stride);
        for (; row < rows; ++row)
            multiplyRows<1, 8>(queries + row * width, keys, count, width, out + row * stride, stride);
        return;
    }
#endif
    dotProductsPortable(queries, rows, keys, count, width, out, stride);
}

} // namespace heedmap
