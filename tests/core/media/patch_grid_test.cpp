#include "core/base/error.h"
#include "core/media/patch_grid.h"

#include <gtest/gtest.h>

#include <array>

namespace heedmap {
namespace {

TEST(Affine, InverseUndoesAndAfterChains)
{
    const Affine map{2, 0.5, 7, -1, 3, -4};
    const PointF there = map.map({11, 13});
    EXPECT_DOUBLE_EQ(there.x, 2 * 11 + 0.5 * 13 + 7);
    EXPECT_DOUBLE_EQ(there.y, -11 + 3 * 13 - 4);
    const PointF back = map.inverse().map(there);
    EXPECT_NEAR(back.x, 11, 1e-12);
    EXPECT_NEAR(back.y, 13, 1e-12);
    const Affine shift{1, 0, 5, 0, 1, 6};
    const PointF chained = map.after(shift).map({1, 2});
    const PointF stepwise = map.map(shift.map({1, 2}));
    EXPECT_DOUBLE_EQ(chained.x, stepwise.x);
    EXPECT_DOUBLE_EQ(chained.y, stepwise.y);
    EXPECT_THROW((Affine{1, 2, 0, 2, 4, 0}.inverse()), Error);
}

/// The EXIF specification's table: which sides of the scene the stored picture's first row and first column are.
TEST(UprightFromStored, FollowsTheTableOfExif)
{
    constexpr int kWidth = 7, kHeight = 4;
    enum Side
    {
        Top,
        Bottom,
        Left,
        Right
    };
    struct Line
    {
        int orientation;
        Side firstRow;
        Side firstColumn;
    };
    constexpr std::array<Line, 8> kTable{{{1, Top, Left},
                                          {2, Top, Right},
                                          {3, Bottom, Right},
                                          {4, Bottom, Left},
                                          {5, Left, Top},
                                          {6, Right, Top},
                                          {7, Right, Bottom},
                                          {8, Left, Bottom}}};
    for (const Line& line : kTable) {
        SCOPED_TRACE(line.orientation);
        const double width = line.orientation >= 5 ? kHeight : kWidth;
        const double height = line.orientation >= 5 ? kWidth : kHeight;
        const auto expectOnSide = [&](PointF point, Side side) {
            const double found = side == Top || side == Bottom ? point.y : point.x;
            EXPECT_DOUBLE_EQ(found, side == Bottom ? height : side == Right ? width : 0.0);
        };
        const Affine map = uprightFromStored(line.orientation, kWidth, kHeight);
        expectOnSide(map.map({0, 0}), line.firstRow);
        expectOnSide(map.map({kWidth, 0}), line.firstRow);
        expectOnSide(map.map({0, 0}), line.firstColumn);
        expectOnSide(map.map({0, kHeight}), line.firstColumn);
        const PointF far = map.map({kWidth, kHeight}); // the outline is mapped onto the outline
        EXPECT_GE(far.x, 0);
        EXPECT_LE(far.x, width);
        EXPECT_LE(far.y, height);
    }
    EXPECT_THROW(uprightFromStored(0, 1, 1), Error);
    EXPECT_THROW(uprightFromStored(9, 1, 1), Error);
}

TEST(PatchGrid, RectanglesTileThePictureAndLeadBack)
{
    // 3 rows × 5 columns over a picture of 71 × 29 pixels
    const PatchGrid grid{3, 5, 1, Affine{71.0 / 5, 0, 0, 0, 29.0 / 3, 0}};
    double area = 0;
    for (int patch = 0; patch < grid.patchCount(); ++patch) {
        const RectF rect = grid.pictureRectFromPatch(patch);
        area += rect.width * rect.height;
        EXPECT_EQ(grid.patchFromPicture({rect.x, rect.y}), patch); // its own corner
        EXPECT_EQ(grid.patchFromPicture({rect.x + rect.width / 2, rect.y + rect.height / 2}), patch);
        EXPECT_EQ(grid.patchFromPicture({rect.x + rect.width - 1e-6, rect.y + rect.height - 1e-6}), patch);
    }
    EXPECT_NEAR(area, 71.0 * 29.0, 1e-9);
    EXPECT_EQ(grid.patchFromPicture({-0.01, 5}), std::nullopt);
    EXPECT_EQ(grid.patchFromPicture({71.01, 5}), std::nullopt);
    EXPECT_EQ(grid.patchFromPicture({5, 29.01}), std::nullopt);
}

TEST(PatchGrid, LaterFramesLieOverTheFirst)
{
    const PatchGrid grid{2, 3, 4, Affine{10, 0, 0, 0, 10, 0}};
    EXPECT_EQ(grid.patchCount(), 24);
    const RectF rect = grid.pictureRectFromPatch(2 * 6 + 4); // frame 2, row 1, column 1
    EXPECT_DOUBLE_EQ(rect.x, 10);
    EXPECT_DOUBLE_EQ(rect.y, 10);
}

} // namespace
} // namespace heedmap
