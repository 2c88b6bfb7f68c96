#pragma once

#include <span>
#include <vector>

namespace heedmap {

/// The values of a grid of patches (row-major, rows × columns) at n × n points of each patch, row-major,
/// (rows · n) × (columns · n). n = 1: the values themselves. n > 1: bilinear between patch centres, constant beyond the
/// outermost ones; a NaN does not spread to its neighbours' centres. Errors: InvalidRequest (values that do not fill
/// the grid, more than 2^26 points).
std::vector<double> samplePatches(std::span<const float> values, int rows, int columns, int samplesPerPatch);

} // namespace heedmap
