#include "core/render/strongest_patches.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace heedmap {

namespace {

/// Of the patches that cell `cell` of `cells` touches along a side of `patches`: [begin, end), never empty.
struct Reach
{
    int begin;
    int end;
};

std::vector<Reach> reachesAlong(int patches, int cells)
{
    std::vector<Reach> reaches;
    reaches.reserve(static_cast<std::size_t>(cells));
    for (std::int64_t cell = 0; cell < cells; ++cell)
        reaches.push_back(
            {static_cast<int>(cell * patches / cells), static_cast<int>(((cell + 1) * patches + cells - 1) / cells)});
    return reaches;
}

/// A NaN never wins against a number: comparisons with it are false.
float stronger(float best, float value)
{
    return value > best ? value : best;
}

} // namespace

SmallPatches strongestPatches(std::span<const float> values, int rows, int columns, int outRows, int outColumns)
{
    if (rows < 1 || columns < 1 || outRows < 1 || outColumns < 1 ||
        static_cast<std::int64_t>(values.size()) != std::int64_t{rows} * columns)
        throw Error(ErrorKind::InvalidRequest, "{} values of {} × {} patches cannot be drawn on {} × {} cells",
                    values.size(), rows, columns, outRows, outColumns);
    SmallPatches small{std::min(rows, outRows), std::min(columns, outColumns), {}};
    if (small.rows == rows && small.columns == columns) {
        small.values.assign(values.begin(), values.end());
        return small;
    }
    constexpr float none = -std::numeric_limits<float>::infinity();
    const std::vector<Reach> across = reachesAlong(columns, small.columns);
    std::vector<float> highest(static_cast<std::size_t>(columns)); // of every column, in the rows of one cell
    small.values.reserve(static_cast<std::size_t>(small.rows) * static_cast<std::size_t>(small.columns));
    for (const Reach& down : reachesAlong(rows, small.rows)) {
        std::ranges::fill(highest, none);
        for (int row = down.begin; row < down.end; ++row) {
            const float* line = values.data() + static_cast<std::ptrdiff_t>(row) * columns;
            std::transform(highest.begin(), highest.end(), line, highest.begin(), stronger);
        }
        for (const Reach& reach : across) {
            float best = none;
            for (int column = reach.begin; column < reach.end; ++column)
                best = stronger(best, highest[static_cast<std::size_t>(column)]);
            small.values.push_back(best == none ? std::nanf("") : best);
        }
    }
    return small;
}

} // namespace heedmap
