#include "core/base/nearest_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heedmap {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> kKnown{"encoder.query.weight", "encoder.key.weight", "encoder.value.weight",
                                      "decoder.query.weight", "pooler.bias"};

TEST(NearestNames, TheNearestComesFirst)
{
    EXPECT_THAT(nearestNames("encoder.qurey.weight", kKnown, 2),
                ElementsAre("encoder.query.weight", "encoder.key.weight")); // distances 2 and 3
}

TEST(NearestNames, CaseDoesNotMatter)
{
    EXPECT_THAT(nearestNames("POOLER.BIAS", kKnown, 1), ElementsAre("pooler.bias"));
}

TEST(NearestNames, ContainingTheNameIsNear)
{
    EXPECT_THAT(nearestNames("query", kKnown), ElementsAre("encoder.query.weight", "decoder.query.weight"));
}

TEST(NearestNames, FarNamesAreNotOffered)
{
    EXPECT_THAT(nearestNames("zzzzzz", kKnown), IsEmpty());
    EXPECT_THAT(nearestNames("", kKnown), IsEmpty());
    EXPECT_THAT(nearestNames("encoder", {}), IsEmpty());
    EXPECT_THAT(nearestNames("pooler.bias", kKnown, 0), IsEmpty());
}

TEST(NearestNames, EqualDistancesKeepTheGivenOrder)
{
    const std::vector<std::string> known{"b1", "b2", "b0"};
    EXPECT_THAT(nearestNames("b9", known), ElementsAre("b1", "b2", "b0"));
}

TEST(NearestNames, AHugeNameIsAnsweredQuickly)
{
    const std::vector<std::string> known(1000, std::string(1 << 16, 'x'));
    EXPECT_EQ(nearestNames(std::string(1 << 20, 'x'), known).size(), 3u);
}

TEST(DidYouMean, ReadsAsASentence)
{
    EXPECT_EQ(didYouMean("pooler.bia", kKnown), "; did you mean pooler.bias?");
    const std::vector<std::string> known{"b1", "b2", "b3"};
    EXPECT_EQ(didYouMean("b", {known.data(), 2}), "; did you mean b1 or b2?");
    EXPECT_EQ(didYouMean("b9", known), "; did you mean b1, b2 or b3?");
    EXPECT_EQ(didYouMean("zzzzzz", kKnown), "");
}

} // namespace
} // namespace heedmap
