#include "core/capture/without_special.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

/// Of the finite weights whose flag is `flag`.
double sumWhere(std::span<const float> row, std::span<const std::uint8_t> flags, std::uint8_t flag)
{
    double sum = 0;
    for (std::size_t key = 0; key < row.size(); ++key)
        if (flags[key] == flag && std::isfinite(row[key]))
            sum += row[key];
    return sum;
}

} // namespace

OrdinaryKeys::OrdinaryKeys(const TokenAxis& keys) : m_isOrdinary(static_cast<std::size_t>(keys.length))
{
    for (const AxisSegment& segment : keys.segments)
        for (std::int64_t key = segment.begin; key < segment.end(); ++key) {
            const auto index = static_cast<std::size_t>(key - segment.begin);
            const bool isSpecial = segment.kind == SegmentKind::Special ||
                                   (index < segment.tokens.size() && segment.tokens[index].special);
            m_isOrdinary[static_cast<std::size_t>(key)] = isSpecial ? 0 : 1;
        }
    m_count = std::ranges::count(m_isOrdinary, 1);
}

double OrdinaryKeys::leftOut(std::span<const float> row) const
{
    return sumWhere(row, m_isOrdinary, 0);
}

bool OrdinaryKeys::renormalize(std::span<float> row) const
{
    const double sum = sumWhere(row, m_isOrdinary, 1);
    if (!(sum > 0)) {
        std::ranges::fill(row, 0.0F);
        return false;
    }
    for (std::size_t key = 0; key < row.size(); ++key)
        if (m_isOrdinary[key] == 0)
            row[key] = 0;
        else if (std::isfinite(row[key]))
            row[key] = static_cast<float>(row[key] / sum);
    return true;
}

std::int64_t OrdinaryKeys::renormalizeRows(std::span<float> rows) const
{
    const std::size_t length = m_isOrdinary.size();
    std::int64_t empty = 0;
    for (std::size_t begin = 0; length > 0 && begin + length <= rows.size(); begin += length)
        if (!renormalize(rows.subspan(begin, length)))
            ++empty;
    return empty;
}

std::vector<float> readShownRow(const Capture& capture, const MapChoice& map, std::int64_t query, bool withoutSpecial)
{
    std::vector<float> row = readRow(capture, map, query);
    if (withoutSpecial)
        OrdinaryKeys(keyAxisOf(capture, map)).renormalize(row);
    return row;
}

std::vector<float> readColumnWithoutSpecial(const Capture& capture, const MapChoice& map, std::int64_t key)
{
    const OrdinaryKeys keys(keyAxisOf(capture, map));
    std::vector<float> column = readColumn(capture, map, key);
    const std::vector<float> sums = readKeySums(capture, map, keys.flags());
    for (std::size_t query = 0; query < column.size(); ++query)
        if (!std::isnan(sums[query])) // its row is held
            column[query] = keys.contains(key) && sums[query] > 0 ? column[query] / sums[query] : 0;
    return column;
}

} // namespace heedmap
