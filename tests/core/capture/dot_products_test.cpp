#include "core/capture/dot_products.h"
#include "tests/core/capture/capture_samples.h"

#include <gtest/gtest.h>

#include <cmath>

namespace heedmap::test {
namespace {

using Multiply = void (*)(const double*, std::int64_t, const float*, std::int64_t, std::int64_t, double*, std::int64_t);

/// Every row and key against a sum in extended precision; what stands between the rows stays as it was.
void expectProducts(Multiply multiply, std::int64_t rows, std::int64_t count, std::int64_t width)
{
    const std::vector<float> floats = randomFloats(static_cast<std::size_t>(rows * width), 3);
    const std::vector<double> queries(floats.begin(), floats.end());
    const std::vector<float> keys = randomFloats(static_cast<std::size_t>(count * width), 4);
    const std::int64_t stride = count + 3;
    std::vector<double> out(static_cast<std::size_t>(rows * stride), -7);
    multiply(queries.data(), rows, keys.data(), count, width, out.data(), stride);
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t key = 0; key < stride; ++key) {
            long double expected = 0;
            for (std::int64_t i = 0; i < width && key < count; ++i)
                expected += static_cast<long double>(queries[static_cast<std::size_t>(row * width + i)]) *
                            keys[static_cast<std::size_t>(key * width + i)];
            ASSERT_NEAR(out[static_cast<std::size_t>(row * stride + key)],
                        key < count ? static_cast<double>(expected) : -7, 1e-13 * static_cast<double>(width))
                << row << ", " << key << " of " << rows << " × " << count << " × " << width;
        }
}

TEST(DotProducts, AreTheSumsOfAnyShape)
{
    for (const Multiply multiply : {&dotProducts, &dotProductsPortable})
        for (const std::int64_t rows : {1, 3, 4, 9})
            for (const std::int64_t count : {1, 2, 7, 8, 19})
                for (const std::int64_t width : {1, 3, 4, 8, 67, 128})
                    expectProducts(multiply, rows, count, width);
}

} // namespace
} // namespace heedmap::test
