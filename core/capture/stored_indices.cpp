#include "core/capture/stored_indices.h"

#include <fmt/format.h>

#include <algorithm>

namespace heedmap {

StoredIndices::StoredIndices(const std::vector<Range>& ranges)
{
    std::int64_t place = 0;
    for (const auto& [begin, end] : ranges) {
        if (!m_ranges.empty() && m_ranges.back().second == begin) {
            m_ranges.back().second = end;
        } else {
            m_ranges.emplace_back(begin, end);
            m_places.push_back(place);
        }
        place += end - begin;
    }
}

StoredIndices StoredIndices::ofNumbers(const std::vector<std::int64_t>& numbers)
{
    std::vector<Range> ranges;
    for (const std::int64_t number : numbers)
        ranges.emplace_back(number, number + 1);
    return StoredIndices(ranges);
}

const StoredIndices::Range* StoredIndices::rangeOf(std::int64_t index) const
{
    const auto found = std::ranges::upper_bound(m_ranges, index, {}, &Range::second);
    return found == m_ranges.end() || index < found->first ? nullptr : &*found;
}

bool StoredIndices::contains(std::int64_t index) const
{
    return areAll() || rangeOf(index);
}

bool StoredIndices::containRange(std::int64_t begin, std::int64_t end) const
{
    if (areAll() || begin >= end)
        return true;
    const Range* range = rangeOf(begin);
    return range && end <= range->second;
}

std::int64_t StoredIndices::placeOf(std::int64_t index) const
{
    if (areAll())
        return index;
    const Range* range = rangeOf(index);
    return m_places[static_cast<std::size_t>(range - m_ranges.data())] + index - range->first;
}

std::int64_t StoredIndices::count(std::int64_t total) const
{
    return areAll() ? total : m_places.back() + m_ranges.back().second - m_ranges.back().first;
}

std::vector<std::int64_t> StoredIndices::numbers(std::int64_t total) const
{
    std::vector<std::int64_t> numbers;
    for (const auto& [begin, end] : rangesWithin(0, total))
        for (std::int64_t number = begin; number < end; ++number)
            numbers.push_back(number);
    return numbers;
}

std::vector<StoredIndices::Range> StoredIndices::rangesWithin(std::int64_t begin, std::int64_t end) const
{
    if (areAll())
        return begin < end ? std::vector<Range>{{begin, end}} : std::vector<Range>();
    std::vector<Range> within;
    for (auto range = std::ranges::upper_bound(m_ranges, begin, {}, &Range::second);
         range != m_ranges.end() && range->first < end; ++range)
        within.emplace_back(std::max(begin, range->first), std::min(end, range->second));
    return within;
}

std::string StoredIndices::text() const
{
    constexpr std::size_t mostRanges = 12;
    std::string text;
    for (std::size_t i = 0; i < std::min(mostRanges, m_ranges.size()); ++i) {
        const auto& [begin, end] = m_ranges[i];
        text += i > 0 ? ", " : "";
        text += end - begin == 1 ? fmt::format("{}", begin) : fmt::format("{}-{}", begin, end - 1);
    }
    if (m_ranges.size() > mostRanges)
        text += fmt::format(" and {} more ranges", m_ranges.size() - mostRanges);
    return areAll() ? "all" : text;
}

} // namespace heedmap
