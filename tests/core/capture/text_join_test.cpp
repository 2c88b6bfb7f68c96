#include "core/base/error.h"
#include "core/capture/text_join.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace heedmap {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

CapturedText textOf(const std::string& text, const std::vector<TextSpan>& spans)
{
    CapturedText result{"text", false, "axis", text, {}};
    for (const TextSpan& span : spans)
        result.tokens.push_back({static_cast<std::int64_t>(result.tokens.size()), span, "token"});
    return result;
}

double weightOf(const TextJoin& join, std::size_t a, std::size_t b)
{
    for (const JoinedPair& pair : join.pairsOfB(b))
        if (pair.a == a)
            return pair.weight;
    return 0;
}

double columnSum(const TextJoin& join, std::size_t b)
{
    double sum = 0;
    for (const JoinedPair& pair : join.pairsOfB(b))
        sum += pair.weight;
    return sum;
}

TEST(TextJoin, EqualTokensAreJoinedOneToOne)
{
    const CapturedText text = textOf("red ball?", {{0, 3}, {4, 8}, {8, 9}});
    const TextJoin join = TextJoin::of(text, text);
    EXPECT_EQ(join.match(), TextMatch::Same);
    ASSERT_EQ(join.pairs().size(), 3u);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(weightOf(join, i, i), 1);
}

TEST(TextJoin, TokensThatOverlapShareByCharacters)
{
    // "redball" | "red", "ba", "ll"   with   "redb", "all"
    const TextJoin join =
        TextJoin::of(textOf("red ball", {{0, 3}, {4, 6}, {6, 8}}), textOf("red ball", {{0, 5}, {5, 8}}));
    EXPECT_DOUBLE_EQ(weightOf(join, 0, 0), 3.0 / 4);
    EXPECT_DOUBLE_EQ(weightOf(join, 1, 0), 1.0 / 4);
    EXPECT_DOUBLE_EQ(weightOf(join, 1, 1), 1.0 / 3);
    EXPECT_DOUBLE_EQ(weightOf(join, 2, 1), 2.0 / 3);
    EXPECT_EQ(join.pairs().size(), 4u);
}

TEST(TextJoin, BlanksAndTheCaseOfAToZDoNotCount)
{
    // The blank before a word may belong to its token or not, and count neither as text nor as overlap.
    const TextJoin join = TextJoin::of(textOf(" What  is\u00A0it ?", {{0, 5}, {5, 9}, {9, 12}, {13, 14}}),
                                       textOf("what is it?", {{0, 4}, {5, 7}, {8, 10}, {10, 11}}));
    EXPECT_EQ(join.match(), TextMatch::Same);
    for (std::size_t i = 0; i < 4; ++i)
        EXPECT_EQ(weightOf(join, i, i), 1) << i;
    EXPECT_EQ(join.pairs().size(), 4u);
}

TEST(TextJoin, SpansCountCodePoints)
{
    const TextJoin join =
        TextJoin::of(textOf("é🙂x", {{0, 1}, {1, 2}, {2, 3}}), textOf("é 🙂 x", {{0, 3}, {4, 5}}));
    EXPECT_DOUBLE_EQ(weightOf(join, 0, 0), 0.5);
    EXPECT_DOUBLE_EQ(weightOf(join, 1, 0), 0.5);
    EXPECT_EQ(weightOf(join, 2, 1), 1);
}

TEST(TextJoin, ATextThatStandsInTheOtherOnceIsJoinedThere)
{
    const CapturedText longer = textOf("please: is it red?", {{0, 7}, {8, 10}, {11, 13}, {14, 17}, {17, 18}});
    const CapturedText shorter = textOf("Is it red", {{0, 2}, {3, 5}, {6, 9}});
    const TextJoin inside = TextJoin::of(longer, shorter);
    EXPECT_EQ(inside.match(), TextMatch::BInsideA);
    EXPECT_FALSE(inside.joinsA(0));
    EXPECT_EQ(weightOf(inside, 1, 0), 1);
    EXPECT_EQ(weightOf(inside, 3, 2), 1);
    EXPECT_FALSE(inside.joinsA(4));
    const TextJoin around = TextJoin::of(shorter, longer);
    EXPECT_EQ(around.match(), TextMatch::AInsideB);
    EXPECT_FALSE(around.joinsB(0));
    EXPECT_TRUE(around.joinsB(3));
    EXPECT_EQ(columnSum(around, 4), 0) << "a token without text on the other side";
}

TEST(TextJoin, OtherTextsAreRefused)
{
    const auto message = [](const std::string& a, const std::string& b) {
        return [=] { TextJoin::of(textOf(a, {{0, 1}}), textOf(b, {{0, 1}})); };
    };
    EXPECT_THAT(message("a red ball", "a blue ball"), ThrowsMessage<Error>(HasSubstr("cannot be joined")));
    EXPECT_THAT(message("a red ball", "a red, ball"), ThrowsMessage<Error>(HasSubstr("cannot be joined")));
    EXPECT_THAT(message("red red", "red"), ThrowsMessage<Error>(HasSubstr("more than once")));
    EXPECT_THAT(message("aaa", "aa"), ThrowsMessage<Error>(HasSubstr("more than once"))) << "places may overlap";
    EXPECT_THAT(message(" \u2003", "a"), ThrowsMessage<Error>(HasSubstr("cannot be joined")));
    EXPECT_THAT(message("", ""), ThrowsMessage<Error>(HasSubstr("cannot be joined")));
}

TEST(TextJoin, TokensOfBlanksAndSpansOutsideJoinNothing)
{
    const TextJoin join =
        TextJoin::of(textOf("a b", {{0, 1}, {1, 2}, {2, 99}, {50, 60}, {2, 1}}), textOf("ab", {{0, 2}}));
    EXPECT_EQ(join.pairs().size(), 2u);
    EXPECT_FALSE(join.joinsA(1));
    EXPECT_FALSE(join.joinsA(3));
    EXPECT_FALSE(join.joinsA(4));
    EXPECT_EQ(columnSum(join, 0), 1);
}

TEST(TextJoin, PiecesOfOneCharacterCountAlike)
{
    const TextJoin join = TextJoin::of(textOf("é", {{0, 1}, {0, 1}}), textOf("é", {{0, 1}}));
    EXPECT_EQ(weightOf(join, 0, 0), 0.5);
    EXPECT_EQ(weightOf(join, 1, 0), 0.5);
}

/// Any spans, in any order, over one another.
std::vector<TextSpan> randomSpans(std::mt19937& random, std::size_t length)
{
    std::vector<TextSpan> spans(random() % 20);
    for (TextSpan& span : spans) {
        span.begin = random() % (length + 1);
        span.end = span.begin + random() % (length + 1 - span.begin);
    }
    return spans;
}

TEST(TextJoin, IsWhatComparingAllPairsGives)
{
    std::mt19937 random(5);
    for (int round = 0; round < 200; ++round) {
        const std::string text(1 + random() % 30, 'x');
        const std::vector<TextSpan> as = randomSpans(random, text.size());
        const std::vector<TextSpan> bs = randomSpans(random, text.size());
        const TextJoin join = TextJoin::of(textOf(text, as), textOf(text, bs));
        for (std::size_t b = 0; b < bs.size(); ++b) {
            std::vector<double> overlaps;
            double sum = 0;
            for (const TextSpan& a : as) {
                double overlap = 0;
                for (std::size_t i = bs[b].begin; i < bs[b].end; ++i)
                    overlap += i >= a.begin && i < a.end;
                overlaps.push_back(overlap);
                sum += overlap;
            }
            for (std::size_t a = 0; a < as.size(); ++a)
                ASSERT_DOUBLE_EQ(weightOf(join, a, b), sum > 0 ? overlaps[a] / sum : 0);
            ASSERT_NEAR(columnSum(join, b), sum > 0 ? 1 : 0, 1e-12);
        }
    }
}

TEST(TextJoin, GoesBothWaysAlongTheSameMatrix)
{
    const TextJoin join =
        TextJoin::of(textOf("red ball", {{0, 3}, {4, 6}, {6, 8}}), textOf("red ball", {{0, 5}, {5, 8}}));
    const std::vector<double> ofA{1, 10, 100};
    const std::vector<double> ofB{1, 10};
    EXPECT_THAT(join.toB(ofA), testing::ElementsAre(testing::DoubleEq(0.75 + 2.5), testing::DoubleEq((10 + 200) / 3.)));
    EXPECT_THAT(join.toA(ofB), testing::ElementsAre(testing::DoubleEq(0.75), testing::DoubleEq(0.25 + 10 / 3.),
                                                    testing::DoubleEq(20 / 3.)));
}

TEST(TextJoin, HostileSizesEndInAnAnswer)
{
    // Every token stands for the whole text: more pairs than there may be.
    const std::string text(100, 'x');
    const CapturedText many = textOf(text, std::vector<TextSpan>(5000, TextSpan{0, 100}));
    EXPECT_THROW(TextJoin::of(many, many), Error);
    EXPECT_THROW(TextJoin::of(textOf(text, std::vector<TextSpan>(kMostJoinTokens + 1, TextSpan{0, 1})), many), Error);
    // A text that a search step by step would compare again and again.
    const std::string same(200'000, 'x');
    EXPECT_THROW(TextJoin::of(textOf(same + "y" + same, {{0, 1}}), textOf(same + "z", {{0, 1}})), Error);
}

TEST(SharedText, TheSameTextComesBeforeAPartOfOne)
{
    const std::vector<CapturedText> as{textOf("red", {{0, 3}}), textOf("is it red?", {{0, 2}})};
    const std::vector<CapturedText> bs{textOf("Is it red ?", {{0, 2}}), textOf("green", {{0, 5}})};
    EXPECT_EQ(sharedText(as, bs), std::pair(std::size_t{1}, std::size_t{0}));
    EXPECT_EQ(sharedText({as.data(), 1}, bs), std::pair(std::size_t{0}, std::size_t{0}));
}

TEST(SharedText, NoneOrSeveralAreErrorsThatNameThem)
{
    const std::vector<CapturedText> as{textOf("yes", {{0, 3}}), textOf("yes", {{0, 3}})};
    const std::vector<CapturedText> bs{textOf("no", {{0, 2}})};
    EXPECT_THAT([&] { sharedText(as, bs); }, ThrowsMessage<Error>(HasSubstr("share no text")));
    EXPECT_THAT([&] { sharedText(as, {}); }, ThrowsMessage<Error>(HasSubstr("no text")));
    EXPECT_THAT([&] { sharedText(as, as); }, ThrowsMessage<Error>(HasSubstr("equally well")));
}

} // namespace
} // namespace heedmap
