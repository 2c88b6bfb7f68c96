#pragma once

#include "core/capture/attention_block.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace heedmap {

/// How coarse a map is drawn: one cell stands for 2^rowLevel queries × 2^columnLevel keys, fewer at the end of an axis.
struct CellSize
{
    int rowLevel = 0;
    int columnLevel = 0;

    std::int64_t queries() const { return std::int64_t{1} << rowLevel; }
    std::int64_t keys() const { return std::int64_t{1} << columnLevel; }
    bool isExact() const { return rowLevel == 0 && columnLevel == 0; }
    bool operator==(const CellSize&) const = default;
    auto operator<=>(const CellSize&) const = default;
};

/// The smallest cells that are at least one pixel wide and high, where so many queries and keys share a pixel: then
/// drawing leaves no cell out.
CellSize cellSizeFor(double queriesPerPixel, double keysPerPixel);

/// What a pooled cell shows of its weights.
enum class Pooling
{
    Largest,
    Mean
};

/// Rows of cells of a strip, from the top. A strip of exact cells is that many queries.
constexpr std::int64_t kStripRows = 32;

/// A part of a map, all keys wide, in cells: rows [band · kStripRows, …) of the map's cells. A cell with a weight that
/// is no finite number is NaN, so that a broken row never looks like a whole one. Rows that the capture does not hold
/// are left out of their cells; a cell without any row is NaN.
struct MapStrip
{
    CellSize cell;
    std::int64_t band = 0;
    int rows = 0;
    int columns = 0;
    std::vector<float> mean;    ///< [rows, columns] arithmetic mean of the weights in each cell, summed in double
    std::vector<float> largest; ///< [rows, columns]; empty where cells are exact and both are the same

    const std::vector<float>& values(Pooling pooling) const
    {
        return pooling == Pooling::Mean || largest.empty() ? mean : largest;
    }
    std::size_t byteCount() const { return (mean.size() + largest.size()) * sizeof(float); }
};

/// Strips a map of so many queries has at a cell size.
std::int64_t stripCount(std::int64_t queries, const CellSize& cell);

/// Weights [queries, keys] as cells; `keys` >= 1. Used for the blocks of a strip: the first query begins a cell.
MapStrip poolWeights(std::span<const float> weights, std::int64_t keys, const CellSize& cell);

/// Reads and pools a strip, block by block; asks `isStale` between blocks and gives nothing when it is. Rows are
/// renormalised first where `withoutSpecial` (core/capture/without_special.h). Cost: that of the rows it stands for, of
/// which at most 1 MiB, or one, is in memory at a time.
/// Thread-safe. Errors: as readRows, InvalidRequest (no such strip).
std::optional<MapStrip> readMapStrip(const Capture& capture, const MapChoice& map, bool withoutSpecial,
                                     const CellSize& cell, std::int64_t band, const std::function<bool()>& isStale);

/// Whole rows of a map, spread evenly over its queries: what the limits of a large map are taken from.
struct SampledRows
{
    std::vector<std::int64_t> queries; ///< ascending; every query that is held when the map is small
    std::vector<float> weights;        ///< [queries, keys]
};

/// At least one row, and otherwise no more than `mostWeights` weights. Errors: as readRow.
SampledRows sampleRows(const Capture& capture, const MapChoice& map, bool withoutSpecial, std::int64_t mostWeights);

} // namespace heedmap
