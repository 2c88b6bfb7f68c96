#include "core/media/patch_grid.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

Affine Affine::after(const Affine& first) const
{
    return {a * first.a + b * first.d, a * first.b + b * first.e, a * first.c + b * first.f + c,
            d * first.a + e * first.d, d * first.b + e * first.e, d * first.c + e * first.f + f};
}

Affine Affine::inverse() const
{
    const double determinant = a * e - b * d;
    if (determinant == 0 || !std::isfinite(determinant))
        throw Error(ErrorKind::InvalidFile, "the map between patches and the picture is singular: [{} {} {}; {} {} {}]",
                    a, b, c, d, e, f);
    return {e / determinant,  -b / determinant, (b * f - c * e) / determinant,
            -d / determinant, a / determinant,  (c * d - a * f) / determinant};
}

Affine uprightFromStored(int orientation, int storedWidth, int storedHeight)
{
    const double w = storedWidth;
    const double h = storedHeight;
    switch (orientation) {
    case 1:
        return {1, 0, 0, 0, 1, 0};
    case 2: // mirrored left to right
        return {-1, 0, w, 0, 1, 0};
    case 3: // half a turn
        return {-1, 0, w, 0, -1, h};
    case 4: // mirrored top to bottom
        return {1, 0, 0, 0, -1, h};
    case 5: // mirrored at the main diagonal
        return {0, 1, 0, 1, 0, 0};
    case 6: // a quarter turn clockwise
        return {0, -1, h, 1, 0, 0};
    case 7: // mirrored at the other diagonal
        return {0, -1, h, -1, 0, w};
    case 8: // a quarter turn counterclockwise
        return {0, 1, 0, -1, 0, w};
    default:
        throw Error(ErrorKind::InvalidRequest, "{} is no EXIF orientation; they are numbered 1 to 8", orientation);
    }
}

RectF PatchGrid::pictureRectFromPatch(int patch) const
{
    const int cell = patch % (rows * columns);
    const int column = cell % columns;
    const int row = cell / columns;
    const PointF one = pictureFromGrid.map({static_cast<double>(column), static_cast<double>(row)});
    const PointF other = pictureFromGrid.map({column + 1.0, row + 1.0});
    return {std::min(one.x, other.x), std::min(one.y, other.y), std::abs(other.x - one.x), std::abs(other.y - one.y)};
}

std::optional<int> PatchGrid::patchFromPicture(PointF position) const
{
    // A patch's own corner must not round into its neighbour.
    constexpr double kSnap = 1e-9;
    const PointF cell = pictureFromGrid.inverse().map(position);
    const double column = std::floor(cell.x + kSnap);
    const double row = std::floor(cell.y + kSnap);
    const bool inside = column >= 0 && row >= 0 && column < columns && row < rows;
    if (!inside)
        return std::nullopt;
    return static_cast<int>(row) * columns + static_cast<int>(column);
}

} // namespace heedmap
