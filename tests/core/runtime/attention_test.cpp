#include "core/runtime/attention.h"
#include "core/runtime/tensor_conversion.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

namespace heedmap {
namespace {

TEST(AttentionMasks, SayInSymbolsWhatTheBiasDoes)
{
    const AttentionMask causal = AttentionMask::causal(3);
    EXPECT_EQ(causal.symbols.causalOffset, 0);
    const AttentionMask padding = AttentionMask::padding({false, true, true, false, true});
    EXPECT_EQ(padding.symbols.keyRanges, (std::vector<std::pair<std::int64_t, std::int64_t>>{{1, 3}, {4, 5}}));
    for (std::int64_t query = 0; query < 3; ++query)
        for (std::int64_t key = 0; key < 3; ++key)
            EXPECT_EQ(causal.bias[query][key].item<float>() == 0, key <= query);
    EXPECT_EQ(floatTensorFrom(padding.bias).values, (std::vector<float>{-10000, 0, 0, -10000, 0}));
}

TEST(AttentionMasks, WithoutPaddingThereIsNone)
{
    const AttentionMask mask = AttentionMask::padding({true, true});
    EXPECT_EQ(mask.symbols, MaskSymbols{});
    EXPECT_FALSE(mask.bias.defined());
}

TEST(KeyValueCache, GrowsAlongPositions)
{
    KeyValues cache;
    EXPECT_FALSE(cache.defined());
    cache.append({at::zeros({2, 3, 4}), at::zeros({2, 3, 4})});
    cache.append({at::ones({2, 1, 4}), at::ones({2, 1, 4})});
    EXPECT_EQ(cache.keys.sizes().vec(), (Shape{2, 4, 4}));
    EXPECT_EQ(cache.values[1][3][0].item<float>(), 1);
    EXPECT_EQ(cache.values[1][2][0].item<float>(), 0);
}

TEST(TensorConversion, WidensHalfPrecisionAndAnyAddress)
{
    // 1.5, −2, 65504 as binary16, one byte off any float's address.
    const std::uint16_t halves[] = {0x3e00, 0xc000, 0x7bff};
    std::vector<std::byte> bytes(1 + sizeof halves);
    std::memcpy(bytes.data() + 1, halves, sizeof halves);
    TensorView view;
    view.dtype = DType::F16;
    view.shape = {3};
    view.bytes = std::span(bytes).subspan(1);
    EXPECT_EQ(floatTensorFrom(tensorFromView(view)).values, (std::vector<float>{1.5f, -2.0f, 65504.0f}));

    const float single = 0.1f;
    std::vector<std::byte> unaligned(1 + sizeof single);
    std::memcpy(unaligned.data() + 1, &single, sizeof single);
    view.dtype = DType::F32;
    view.shape = {1};
    view.bytes = std::span(unaligned).subspan(1);
    EXPECT_EQ(tensorFromView(view).item<float>(), 0.1f);
}

TEST(TensorConversion, SharesDenseTensorsAndKeepsThemAlive)
{
    at::Tensor x = at::arange(6, at::kFloat).view({2, 3});
    const float* memory = x.data_ptr<float>();
    const FloatTensor shared = floatTensorFrom(x);
    x.reset();
    EXPECT_EQ(shared.values.data(), memory) << "a site of a large model has hundreds of megabytes";
    EXPECT_EQ(shared.shape, (Shape{2, 3}));
    EXPECT_EQ(shared.values, (std::vector<float>{0, 1, 2, 3, 4, 5}));
}

TEST(TensorConversion, CopiesStridedTensorsRowMajor)
{
    const at::Tensor x = at::arange(6, at::kFloat).view({2, 3}).t(); // [3, 2]
    const FloatTensor copy = floatTensorFrom(x);
    EXPECT_EQ(copy.shape, (Shape{3, 2}));
    EXPECT_EQ(copy.values, (std::vector<float>{0, 3, 1, 4, 2, 5}));
}

} // namespace
} // namespace heedmap
