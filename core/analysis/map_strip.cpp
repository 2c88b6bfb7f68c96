#include "core/analysis/map_strip.h"

#include "core/base/error.h"
#include "core/capture/without_special.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heedmap {

namespace {

constexpr std::int64_t kBlockWeights = 1 << 18; // read between two questions whether the strip is still wanted
constexpr int kHighestLevel = 30;

std::int64_t cellsOf(std::int64_t positions, std::int64_t size)
{
    return (positions + size - 1) / size;
}

int levelFor(double positionsPerPixel)
{
    if (!(positionsPerPixel > 1))
        return 0;
    return std::min(kHighestLevel, static_cast<int>(std::ceil(std::log2(positionsPerPixel) - 1e-9)));
}

/// One row of cells.
void poolRow(std::span<const float> weights, std::int64_t keys, std::int64_t cellKeys, std::span<float> mean,
             std::span<float> largest)
{
    const auto queries = static_cast<std::int64_t>(weights.size()) / keys;
    std::vector<double> sums(mean.size());
    std::ranges::fill(largest, -std::numeric_limits<float>::infinity());
    for (std::int64_t query = 0; query < queries; ++query) {
        const float* row = weights.data() + query * keys;
        for (std::size_t cell = 0; cell < mean.size(); ++cell) {
            const std::int64_t begin = static_cast<std::int64_t>(cell) * cellKeys;
            const std::int64_t end = std::min(keys, begin + cellKeys);
            double sum = 0;
            float highest = largest[cell];
            for (std::int64_t key = begin; key < end; ++key) {
                sum += row[key];
                highest = std::max(highest, row[key]);
            }
            sums[cell] += sum;
            largest[cell] = highest;
        }
    }
    for (std::size_t cell = 0; cell < mean.size(); ++cell) {
        const std::int64_t begin = static_cast<std::int64_t>(cell) * cellKeys;
        const auto count = static_cast<double>((std::min(keys, begin + cellKeys) - begin) * queries);
        mean[cell] = std::isfinite(sums[cell]) ? static_cast<float>(sums[cell] / count)
                                               : std::numeric_limits<float>::quiet_NaN();
        if (!std::isfinite(sums[cell]))
            largest[cell] = mean[cell];
    }
}

/// Adds rows of cells below those of a strip.
void append(MapStrip& strip, const MapStrip& below)
{
    strip.rows += below.rows;
    strip.mean.insert(strip.mean.end(), below.mean.begin(), below.mean.end());
    strip.largest.insert(strip.largest.end(), below.largest.begin(), below.largest.end());
}

/// One row of cells, of queries [begin, end), read in blocks that are small enough to be given up between.
std::optional<MapStrip> readCellRow(const Capture& capture, const MapChoice& map, const OrdinaryKeys* ordinary,
                                    const CellSize& cell, std::int64_t begin, std::int64_t end, std::int64_t keys,
                                    const std::function<bool()>& isStale)
{
    std::vector<float> weights(static_cast<std::size_t>((end - begin) * keys));
    const std::int64_t block = std::max<std::int64_t>(1, kBlockWeights / keys);
    for (std::int64_t first = begin; first < end; first += block) {
        if (isStale())
            return std::nullopt;
        const std::int64_t count = std::min(block, end - first);
        readRows(capture, map, first, count,
                 std::span(weights).subspan(static_cast<std::size_t>((first - begin) * keys),
                                            static_cast<std::size_t>(count * keys)));
    }
    if (ordinary)
        ordinary->renormalizeRows(weights);
    return poolWeights(weights, keys, cell);
}

} // namespace

CellSize cellSizeFor(double queriesPerPixel, double keysPerPixel)
{
    return {levelFor(queriesPerPixel), levelFor(keysPerPixel)};
}

std::int64_t stripCount(std::int64_t queries, const CellSize& cell)
{
    return cellsOf(cellsOf(queries, cell.queries()), kStripRows);
}

MapStrip poolWeights(std::span<const float> weights, std::int64_t keys, const CellSize& cell)
{
    const auto queries = static_cast<std::int64_t>(weights.size()) / keys;
    MapStrip strip;
    strip.cell = cell;
    strip.rows = static_cast<int>(cellsOf(queries, cell.queries()));
    strip.columns = static_cast<int>(cellsOf(keys, cell.keys()));
    const auto columns = static_cast<std::size_t>(strip.columns);
    strip.mean.resize(static_cast<std::size_t>(strip.rows) * columns);
    strip.largest.resize(strip.mean.size());
    for (std::int64_t row = 0; row < strip.rows; ++row) {
        const std::int64_t begin = row * cell.queries();
        const std::int64_t count = std::min(cell.queries(), queries - begin);
        const auto at = static_cast<std::size_t>(row) * columns;
        poolRow(weights.subspan(static_cast<std::size_t>(begin * keys), static_cast<std::size_t>(count * keys)), keys,
                cell.keys(), std::span(strip.mean).subspan(at, columns), std::span(strip.largest).subspan(at, columns));
    }
    if (cell.isExact())
        strip.largest.clear();
    return strip;
}

std::optional<MapStrip> readMapStrip(const Capture& capture, const MapChoice& map, bool withoutSpecial,
                                     const CellSize& cell, std::int64_t band, const std::function<bool()>& isStale)
{
    const std::int64_t queries = queryAxisOf(capture, map).length;
    const TokenAxis& keys = keyAxisOf(capture, map);
    if (band < 0 || band >= stripCount(queries, cell))
        throw Error(ErrorKind::InvalidRequest, "there is no strip {}; they are numbered 0 to {}", band,
                    stripCount(queries, cell) - 1);
    const std::optional<OrdinaryKeys> ordinary = withoutSpecial ? std::optional<OrdinaryKeys>(keys) : std::nullopt;
    const std::int64_t begin = band * kStripRows * cell.queries();
    const std::int64_t end = std::min(queries, begin + kStripRows * cell.queries());
    // Rows of cells are read together where they are few weights, and each alone where they are many.
    const std::int64_t cellRows =
        std::clamp<std::int64_t>(kBlockWeights / (keys.length * cell.queries()), 1, kStripRows);
    MapStrip strip;
    for (std::int64_t first = begin; first < end; first += cellRows * cell.queries()) {
        const std::int64_t last = std::min(end, first + cellRows * cell.queries());
        const std::optional<MapStrip> part =
            readCellRow(capture, map, ordinary ? &*ordinary : nullptr, cell, first, last, keys.length, isStale);
        if (!part)
            return std::nullopt;
        if (first == begin)
            strip = *part;
        else
            append(strip, *part);
    }
    strip.band = band;
    return strip;
}

SampledRows sampleRows(const Capture& capture, const MapChoice& map, bool withoutSpecial, std::int64_t mostWeights)
{
    const std::int64_t queries = queryAxisOf(capture, map).length;
    const TokenAxis& keys = keyAxisOf(capture, map);
    const std::int64_t count = std::clamp<std::int64_t>(mostWeights / keys.length, 1, queries);
    SampledRows sample;
    sample.weights.resize(static_cast<std::size_t>(count * keys.length));
    if (count == queries) {
        readRows(capture, map, 0, count, sample.weights);
        for (std::int64_t query = 0; query < queries; ++query)
            sample.queries.push_back(query);
    }
    for (std::int64_t i = 0; i < count && count < queries; ++i) {
        sample.queries.push_back((2 * i + 1) * queries / (2 * count)); // the middle of each of `count` stretches
        readRow(capture, map, sample.queries.back(),
                std::span(sample.weights)
                    .subspan(static_cast<std::size_t>(i * keys.length), static_cast<std::size_t>(keys.length)));
    }
    if (withoutSpecial)
        OrdinaryKeys(keys).renormalizeRows(sample.weights);
    return sample;
}

} // namespace heedmap
