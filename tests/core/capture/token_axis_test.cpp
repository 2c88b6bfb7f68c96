#include "core/capture/token_axis.h"

#include <gtest/gtest.h>

using namespace heedmap;

namespace {

AxisSegment segment(SegmentKind kind, std::int64_t begin, std::int64_t length)
{
    AxisSegment made;
    made.kind = kind;
    made.begin = begin;
    made.length = length;
    return made;
}

/// CLS · two tokens · an empty segment · 2 × 3 patches · 2 frames of sound · 2 × 2 cells · 2 latents · 1 unknown
TokenAxis mixedAxis()
{
    TokenAxis axis{"mixed", 16, {}};
    axis.segments.push_back(segment(SegmentKind::Special, 0, 1));
    axis.segments.back().tokens = {{"CLS", std::nullopt, std::nullopt, true}};
    axis.segments.push_back(segment(SegmentKind::Text, 1, 2));
    axis.segments.back().tokens = {{"ball", 7, TextSpan{0, 4}, false}, {"[SEP]", 3, std::nullopt, true}};
    axis.segments.push_back(segment(SegmentKind::Latent, 3, 0));
    axis.segments.push_back(segment(SegmentKind::PatchGrid, 3, 6));
    axis.segments.back().grid.rows = 2;
    axis.segments.back().grid.columns = 3;
    axis.segments.push_back(segment(SegmentKind::Frames, 9, 2));
    axis.segments.back().startSeconds = 28.4;
    axis.segments.back().secondsPerPosition = 0.02;
    axis.segments.push_back(segment(SegmentKind::Table, 11, 2));
    axis.segments.back().rows = 2;
    axis.segments.back().columns = 1;
    axis.segments.push_back(segment(SegmentKind::Latent, 13, 2));
    axis.segments.push_back(segment(SegmentKind::Unknown, 15, 1));
    return axis;
}

TEST(AxisToken, IsCalledByItsTextWithOrWithoutTheBlankBeforeIt)
{
    const AxisToken token{" gray", 346, TextSpan{8, 12}, false};
    EXPECT_TRUE(token.isCalled("gray"));
    EXPECT_TRUE(token.isCalled(" gray"));
    EXPECT_FALSE(token.isCalled("gra"));
    EXPECT_FALSE(token.isCalled(""));
    EXPECT_TRUE((AxisToken{" ", 1, std::nullopt, false}).isCalled(" "));
    EXPECT_FALSE((AxisToken{" ", 1, std::nullopt, false}).isCalled(""));
}

TEST(TokenAxis, FindsTheSegmentOfEveryPosition)
{
    const TokenAxis axis = mixedAxis();
    for (std::int64_t position = 0; position < axis.length; ++position)
        EXPECT_TRUE(axis.segmentAt(position).contains(position)) << position;
    EXPECT_EQ(axis.patchSegment()->begin, 3);
    EXPECT_EQ(TokenAxis{}.patchSegment(), nullptr);
}

TEST(TokenAxis, NamesPositionsForPeople)
{
    const TokenAxis axis = mixedAxis();
    const char* names[] = {"CLS",
                           "ball",
                           "[SEP]",
                           "row 0, column 0",
                           "row 0, column 1",
                           "row 0, column 2",
                           "row 1, column 0",
                           "row 1, column 1",
                           "row 1, column 2",
                           "28.40 s",
                           "28.42 s",
                           "row 0, column 0",
                           "row 1, column 0",
                           "latent 0",
                           "latent 1",
                           "position 15"};
    for (std::int64_t position = 0; position < axis.length; ++position)
        EXPECT_EQ(axis.label(position), names[position]);
}

TEST(TokenAxis, KnowsItsTokens)
{
    const TokenAxis axis = mixedAxis();
    EXPECT_EQ(axis.tokenAt(1)->id, 7);
    EXPECT_EQ(axis.tokenAt(4), nullptr);
    EXPECT_TRUE(axis.isSpecial(0));
    EXPECT_FALSE(axis.isSpecial(1));
    EXPECT_TRUE(axis.isSpecial(2));
    EXPECT_FALSE(axis.isSpecial(5));
}

} // namespace
