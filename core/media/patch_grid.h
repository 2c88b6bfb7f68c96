#pragma once

#include <array>
#include <optional>

namespace heedmap {

struct PointF
{
    double x = 0;
    double y = 0;
};

/// Axis-parallel rectangle, [x, x + width) × [y, y + height).
struct RectF
{
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
};

/// x' = a·x + b·y + c, y' = d·x + e·y + f
struct Affine
{
    double a = 1, b = 0, c = 0;
    double d = 0, e = 1, f = 0;

    PointF map(PointF point) const { return {a * point.x + b * point.y + c, d * point.x + e * point.y + f}; }
    Affine after(const Affine& first) const; ///< this ∘ first
    Affine inverse() const;                  ///< Errors: InvalidFile when singular
};

/// From stored pixels to upright pixels for an EXIF orientation 1–8 of a picture stored as width × height. The pixel
/// edges, not centres, are mapped: the picture's outline goes onto the upright picture's outline.
Affine uprightFromStored(int orientation, int storedWidth, int storedHeight);

/// What patch tokens mean: `frames` grids of rows × columns, row-major, patch index = (frame × rows + row) × columns +
/// column. `pictureFromGrid` maps grid coordinates (x = column, y = row, in patches) to pixels of the upright original
/// picture, through crop and resize of the preprocessing; patches may reach beyond the picture (padding) or not cover
/// it (crop).
struct PatchGrid
{
    int rows = 0;
    int columns = 0;
    int frames = 1;
    Affine pictureFromGrid;

    int patchCount() const { return rows * columns * frames; }
    /// The patch's outline in upright picture pixels. Precondition: 0 <= patch < patchCount().
    RectF pictureRectFromPatch(int patch) const;
    /// The patch of frame 0 that contains a picture position, if any.
    std::optional<int> patchFromPicture(PointF position) const;
};

} // namespace heedmap
