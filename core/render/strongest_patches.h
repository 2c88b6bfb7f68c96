#pragma once

#include <span>
#include <vector>

namespace heedmap {

/// A grid of patches made small: every cell of outRows × outColumns holds the strongest of the patches that it touches,
/// so that a single bright patch is never lost. NaN only where all of them are. Row-major, as `values` (rows ×
/// columns). Sizes above those of the grid are taken as the grid's. Errors: InvalidRequest (values that do not fill the
/// grid, sizes below one).
struct SmallPatches
{
    int rows = 0;
    int columns = 0;
    std::vector<float> values;
};
SmallPatches strongestPatches(std::span<const float> values, int rows, int columns, int outRows, int outColumns);

} // namespace heedmap
