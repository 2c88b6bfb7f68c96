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
    return static_cast<int>(std::min<double>(kHighestLevel, std::ceil(std::log2(positionsPerPixel) - 1e-9)));
}

/// Sums and maxima of one row of cells while its queries come.
class CellRow
{
public:
    CellRow(std::int64_t keys, std::int64_t cellKeys)
        : m_keys(keys), m_cellKeys(cellKeys), m_sums(static_cast<std::size_t>(cellsOf(keys, cellKeys))),
          m_largest(m_sums.size(), -std::numeric_limits<float>::infinity())
    {}

    /// Weights [queries, keys].
    void add(std::span<const float> weights)
    {
        const auto queries = static_cast<std::int64_t>(weights.size()) / m_keys;
        for (std::int64_t query = 0; query < queries; ++query)
            addQuery(weights.data() + query * m_keys);
        m_queries += queries;
    }

    /// Adds the row below those of a strip.
    void finish(MapStrip& strip) const
    {
        for (std::size_t cell = 0; cell < m_sums.size(); ++cell) {
            const auto count = static_cast<double>((endOf(cell) - beginOf(cell)) * m_queries);
            const bool isWhole = m_queries > 0 && std::isfinite(m_sums[cell]);
            strip.mean.push_back(isWhole ? static_cast<float>(m_sums[cell] / count)
                                         : std::numeric_limits<float>::quiet_NaN());
            if (!strip.cell.isExact())
                strip.largest.push_back(isWhole ? m_largest[cell] : strip.mean.back());
        }
        ++strip.rows;
    }

private:
    std::int64_t beginOf(std::size_t cell) const { return static_cast<std::int64_t>(cell) * m_cellKeys; }
    std::int64_t endOf(std::size_t cell) const { return std::min(m_keys, beginOf(cell) + m_cellKeys); }

    void addQuery(const float* row)
    {
        for (std::size_t cell = 0; cell < m_sums.size(); ++cell) {
            double sum = 0;
            float highest = m_largest[cell];
            const std::int64_t end = endOf(cell);
            for (std::int64_t key = beginOf(cell); key < end; ++key) {
                sum += row[key];
                highest = std::max(highest, row[key]);
            }
            m_sums[cell] += sum;
            m_largest[cell] = highest;
        }
    }

    std::int64_t m_keys;
    std::int64_t m_cellKeys;
    std::int64_t m_queries = 0;
    std::vector<double> m_sums;
    std::vector<float> m_largest;
};

MapStrip emptyStrip(const CellSize& cell, std::int64_t keys)
{
    MapStrip strip;
    strip.cell = cell;
    strip.columns = static_cast<int>(cellsOf(keys, cell.keys()));
    return strip;
}

/// Adds the rows of cells of weights [queries, keys], the first of which begins a cell, below those of a strip.
void appendPooled(MapStrip& strip, std::span<const float> weights, std::int64_t keys)
{
    const auto queries = static_cast<std::int64_t>(weights.size()) / keys;
    for (std::int64_t begin = 0; begin < queries; begin += strip.cell.queries()) {
        const std::int64_t count = std::min(strip.cell.queries(), queries - begin);
        CellRow row(keys, strip.cell.keys());
        row.add(weights.subspan(static_cast<std::size_t>(begin * keys), static_cast<std::size_t>(count * keys)));
        row.finish(strip);
    }
}

/// Rows of a map, renormalised where that is wanted.
class RowSource
{
public:
    RowSource(const Capture& capture, const MapChoice& map, bool withoutSpecial)
        : m_capture(capture), m_map(map), m_keys(keyAxisOf(capture, map)),
          m_stored(queryAxisOf(capture, map).storedQueries)
    {
        if (withoutSpecial)
            m_ordinary.emplace(m_keys);
    }

    std::int64_t keys() const { return m_keys.length; }
    bool isWhole() const { return m_stored.areAll(); }
    /// What the capture holds of queries [begin, end).
    std::vector<StoredIndices::Range> stored(std::int64_t begin, std::int64_t end) const
    {
        return m_stored.rangesWithin(begin, end);
    }

    /// Queries [first, first + count), until the next call.
    std::span<const float> read(std::int64_t first, std::int64_t count)
    {
        m_weights.resize(static_cast<std::size_t>(count * m_keys.length));
        readRows(m_capture, m_map, first, count, m_weights);
        if (m_ordinary)
            m_ordinary->renormalizeRows(m_weights);
        return m_weights;
    }

private:
    const Capture& m_capture;
    const MapChoice& m_map;
    const TokenAxis& m_keys;
    const StoredIndices& m_stored;
    std::optional<OrdinaryKeys> m_ordinary;
    std::vector<float> m_weights;
};

/// Queries [begin, end) below those of the strip, many rows of cells at once; false when they are not wanted any more.
bool appendSmallCells(MapStrip& strip, RowSource& rows, std::int64_t begin, std::int64_t end,
                      const std::function<bool()>& isStale)
{
    const std::int64_t cell = strip.cell.queries();
    const std::int64_t block = kBlockWeights / (rows.keys() * cell) * cell;
    for (std::int64_t first = begin; first < end; first += block) {
        if (isStale())
            return false;
        appendPooled(strip, rows.read(first, std::min(block, end - first)), rows.keys());
    }
    return true;
}

/// The same where one row of cells is more than is read at once, or not all of it is stored: in parts, of which only
/// the sums are kept.
bool appendLargeCells(MapStrip& strip, RowSource& rows, std::int64_t begin, std::int64_t end,
                      const std::function<bool()>& isStale)
{
    const std::int64_t block = std::max<std::int64_t>(1, kBlockWeights / rows.keys());
    for (std::int64_t top = begin; top < end; top += strip.cell.queries()) {
        const std::int64_t bottom = std::min(end, top + strip.cell.queries());
        CellRow row(rows.keys(), strip.cell.keys());
        for (const auto& [from, to] : rows.stored(top, bottom))
            for (std::int64_t first = from; first < to; first += block) {
                if (isStale())
                    return false;
                row.add(rows.read(first, std::min(block, to - first)));
            }
        row.finish(strip);
    }
    return true;
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
    MapStrip strip = emptyStrip(cell, keys);
    appendPooled(strip, weights, keys);
    return strip;
}

std::optional<MapStrip> readMapStrip(const Capture& capture, const MapChoice& map, bool withoutSpecial,
                                     const CellSize& cell, std::int64_t band, const std::function<bool()>& isStale)
{
    const std::int64_t queries = queryAxisOf(capture, map).length;
    if (band < 0 || band >= stripCount(queries, cell))
        throw Error(ErrorKind::InvalidRequest, "there is no strip {}; they are numbered 0 to {}", band,
                    stripCount(queries, cell) - 1);
    const std::int64_t begin = band * kStripRows * cell.queries();
    const std::int64_t end = std::min(queries, begin + kStripRows * cell.queries());
    RowSource rows(capture, map, withoutSpecial);
    MapStrip strip = emptyStrip(cell, rows.keys());
    strip.band = band;
    const bool areSmall = rows.isWhole() && rows.keys() * cell.queries() <= kBlockWeights;
    const bool isRead = areSmall ? appendSmallCells(strip, rows, begin, end, isStale)
                                 : appendLargeCells(strip, rows, begin, end, isStale);
    return isRead ? std::optional(std::move(strip)) : std::nullopt;
}

SampledRows sampleRows(const Capture& capture, const MapChoice& map, bool withoutSpecial, std::int64_t mostWeights)
{
    const TokenAxis& axis = queryAxisOf(capture, map);
    const std::vector<std::int64_t> held = axis.storedQueries.numbers(axis.length);
    const auto queries = static_cast<std::int64_t>(held.size());
    const TokenAxis& keys = keyAxisOf(capture, map);
    const std::int64_t count = std::clamp<std::int64_t>(mostWeights / keys.length, 1, queries);
    SampledRows sample;
    sample.weights.resize(static_cast<std::size_t>(count * keys.length));
    if (count == axis.length) {
        readRows(capture, map, 0, count, sample.weights);
        sample.queries = held;
    }
    for (std::int64_t i = 0; i < count && count < axis.length; ++i) {
        // the middle of each of `count` stretches
        sample.queries.push_back(held[static_cast<std::size_t>((2 * i + 1) * queries / (2 * count))]);
        readRow(capture, map, sample.queries.back(),
                std::span(sample.weights)
                    .subspan(static_cast<std::size_t>(i * keys.length), static_cast<std::size_t>(keys.length)));
    }
    if (withoutSpecial)
        OrdinaryKeys(keys).renormalizeRows(sample.weights);
    return sample;
}

} // namespace heedmap
