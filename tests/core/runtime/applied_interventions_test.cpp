#include "core/runtime/applied_interventions.h"
#include "core/runtime/tensor_conversion.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <limits>

namespace heedmap {
namespace {

using Ranges = std::vector<std::pair<std::int64_t, std::int64_t>>;

TEST(AppliedInterventions, LeavesOtherAxesAndSitesAlone)
{
    const AppliedInterventions applied({HideKeys{"picture", {0, 2}}, MuteHead{"a", 1}});
    at::Tensor scores = at::ones({2, 1, 3});
    applied.hideKeys("question", scores);
    EXPECT_EQ(floatTensorFrom(scores).values, (std::vector<float>{1, 1, 1, 1, 1, 1}));
    applied.hideKeys("picture", scores);
    const float hidden = -std::numeric_limits<float>::infinity();
    EXPECT_EQ(floatTensorFrom(scores).values, (std::vector<float>{hidden, 1, hidden, hidden, 1, hidden}));

    at::Tensor mixed = at::ones({2, 1, 2}); // [heads, queries, headDim]
    applied.muteHeads("b", mixed);
    EXPECT_EQ(floatTensorFrom(mixed).values, (std::vector<float>{1, 1, 1, 1}));
    applied.muteHeads("a", mixed);
    EXPECT_EQ(floatTensorFrom(mixed).values, (std::vector<float>{1, 1, 0, 0}));
}

TEST(AppliedInterventions, TakesHiddenKeysOutOfTheMask)
{
    const AppliedInterventions applied({HideKeys{"picture", {3}}, HideKeys{"picture", {0, 4, 9}}});
    EXPECT_EQ(applied.withoutHidden("picture", 10, {}).keyRanges, (Ranges{{1, 3}, {5, 9}}));
    EXPECT_EQ(applied.withoutHidden("picture", 12, {}).keyRanges, (Ranges{{1, 3}, {5, 9}, {10, 12}}));
    const MaskSymbols padded{7, {{0, 1}, {2, 4}, {6, 8}}};
    EXPECT_EQ(applied.withoutHidden("picture", 10, padded), (MaskSymbols{7, {{2, 3}, {6, 8}}}));
    EXPECT_EQ(applied.withoutHidden("question", 10, padded), padded);
}

} // namespace
} // namespace heedmap
