#include "core/base/float_conversion.h"
#include "core/capture/dot_products.h"
#include "tests/core/capture/capture_samples.h"

#include <gtest/gtest.h>

#include <cmath>

namespace heedmap::test {
namespace {

/// Those this processor has.
std::vector<InstructionSet> instructionSets()
{
    std::vector<InstructionSet> sets;
    for (const InstructionSet set : {InstructionSet::Portable, InstructionSet::Avx2, InstructionSet::Avx512})
        if (set <= instructionSet())
            sets.push_back(set);
    return sets;
}

struct Case
{
    std::int64_t rows;
    std::int64_t count;
    std::int64_t width;
    DType dtype;
};

/// Every row and key against a sum in extended precision; what stands between the rows stays as it was. The keys stand
/// at an odd address.
void expectProducts(const Case& shape, InstructionSet instructions)
{
    const std::vector<float> floats = randomFloats(static_cast<std::size_t>(shape.rows * shape.width), 3);
    const std::vector<double> queries(floats.begin(), floats.end());
    std::vector<float> keys = randomFloats(static_cast<std::size_t>(shape.count * shape.width), 4);
    std::vector<std::byte> bytes(1 + keys.size() * itemSize(shape.dtype));
    const std::span<std::byte> stored = std::span(bytes).subspan(1);
    bytesFromFloats(shape.dtype, keys, stored);
    floatsFromBytes(shape.dtype, stored.data(), keys); // as rounded
    const std::int64_t stride = shape.count + 3;
    std::vector<double> out(static_cast<std::size_t>(shape.rows * stride), -7);
    dotProducts(queries.data(), shape.rows, {stored.data(), shape.dtype, shape.count, shape.width}, out.data(), stride,
                instructions);
    for (std::int64_t row = 0; row < shape.rows; ++row)
        for (std::int64_t key = 0; key < stride; ++key) {
            long double expected = 0;
            for (std::int64_t i = 0; i < shape.width && key < shape.count; ++i)
                expected += static_cast<long double>(queries[static_cast<std::size_t>(row * shape.width + i)]) *
                            keys[static_cast<std::size_t>(key * shape.width + i)];
            ASSERT_NEAR(out[static_cast<std::size_t>(row * stride + key)],
                        key < shape.count ? static_cast<double>(expected) : -7,
                        1e-13 * static_cast<double>(shape.width))
                << row << ", " << key << " of " << shape.rows << " × " << shape.count << " × " << shape.width << ", "
                << dtypeName(shape.dtype) << ", instruction set " << static_cast<int>(instructions);
        }
}

TEST(DotProducts, AreTheSumsOfAnyShape)
{
    for (const InstructionSet instructions : instructionSets())
        for (const DType dtype : {DType::F32, DType::F16, DType::BF16})
            for (const std::int64_t rows : {1, 3, 4, 9})
                for (const std::int64_t count : {0, 1, 2, 7, 8, 19})
                    for (const std::int64_t width : {1, 3, 8, 67, 80, 128})
                        expectProducts({rows, count, width, dtype}, instructions);
}

TEST(DotProducts, KeepNaN)
{
    const std::vector<double> query(16, 1);
    for (const InstructionSet instructions : instructionSets()) {
        std::vector<float> keys(64, 1);
        keys[16 + 5] = std::nanf("");
        double out[4];
        dotProducts(query.data(), 1, {std::as_bytes(std::span(keys)).data(), DType::F32, 4, 16}, out, 4, instructions);
        EXPECT_EQ(out[0], 16);
        EXPECT_TRUE(std::isnan(out[1]));
        EXPECT_EQ(out[2], 16);
    }
}

} // namespace
} // namespace heedmap::test
