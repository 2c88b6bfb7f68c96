#include "core/runtime/head_products.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <limits>

namespace heedmap {
namespace {

double largestDifference(const at::Tensor& a, const at::Tensor& b)
{
    return (a.to(at::kDouble) - b).abs().max().item<double>();
}

/// One row or several, of many others or few: each is computed in its own way.
TEST(HeadProducts, areWhatTheirDefinitionSaysForAnyNumberOfRows)
{
    at::manual_seed(1);
    for (const std::int64_t rows : {1, 2, 7})
        for (const std::int64_t others : {1, 5, 900}) {
            const at::Tensor a = at::randn({3, rows, 24});
            const at::Tensor b = at::randn({3, others, 24});
            const at::Tensor expected = at::einsum("hrw,how->hro", {a.to(at::kDouble), b.to(at::kDouble)}) * 0.25;
            const at::Tensor scores = productsWithTransposed(a, b, 0.25);
            ASSERT_EQ(scores.sizes(), expected.sizes());
            EXPECT_LT(largestDifference(expected, scores), 1e-5) << rows << " × " << others;

            const at::Tensor weights = at::randn({3, rows, others});
            const at::Tensor mixed = at::einsum("hro,how->hrw", {weights.to(at::kDouble), b.to(at::kDouble)});
            ASSERT_EQ(products(weights, b).sizes(), mixed.sizes());
            EXPECT_LT(largestDifference(mixed, products(weights, b)), 1e-4) << rows << " × " << others;
        }
}

TEST(HeadProducts, aRowOfLargeHeadsIsTheSameRowAmongOthers)
{
    at::manual_seed(2);
    const at::Tensor a = at::randn({2, 3, 64});
    const at::Tensor b = at::randn({2, 1500, 64});
    const at::Tensor one = productsWithTransposed(a.narrow(1, 1, 1), b, 1);
    EXPECT_LT(largestDifference(productsWithTransposed(a, b, 1).narrow(1, 1, 1), one), 1e-4);
}

TEST(SoftmaxInPlace, isSoftmaxOfEveryRowHoweverManyThereAre)
{
    at::manual_seed(3);
    for (const std::int64_t rows : {1, 40, 1999}) {
        at::Tensor scores = at::randn({2, rows, 301}) * 8;
        scores[0][0][7] = -std::numeric_limits<float>::infinity();
        const at::Tensor expected = at::softmax(scores.to(at::kDouble), -1);
        softmaxInPlace(scores);
        EXPECT_LT(largestDifference(expected, scores), 1e-6) << rows;
        EXPECT_EQ(scores[0][0][7].item<float>(), 0);
    }
    at::Tensor none = at::empty({2, 0, 5});
    softmaxInPlace(none);
}

} // namespace
} // namespace heedmap
