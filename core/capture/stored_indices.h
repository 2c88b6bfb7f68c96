#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace heedmap {

/// Which heads or queries of a longer list a capture holds. Where a part is held, tensors have only that part, in
/// ascending order; everywhere else heads and queries go by their own numbers, and this is the one place that knows
/// which is which. A value.
class StoredIndices
{
public:
    using Range = std::pair<std::int64_t, std::int64_t>; ///< [begin, end)

    StoredIndices() = default; ///< all of them
    /// Precondition: not empty ranges, ascending, without overlap, from 0 on.
    explicit StoredIndices(const std::vector<Range>& ranges);
    /// Precondition: ascending, none twice, none below 0. Empty stands for all.
    static StoredIndices ofNumbers(const std::vector<std::int64_t>& numbers);

    bool areAll() const { return m_ranges.empty(); }
    const std::vector<Range>& ranges() const { return m_ranges; } ///< empty for all
    bool contains(std::int64_t index) const;
    /// Whether [begin, end) is held.
    bool containRange(std::int64_t begin, std::int64_t end) const;
    /// Where an index is in the tensors; indices that follow one another do so there too. Precondition: it is held.
    std::int64_t placeOf(std::int64_t index) const;
    /// How many of `total` are held.
    std::int64_t count(std::int64_t total) const;
    /// Those of `total` that are held, ascending.
    std::vector<std::int64_t> numbers(std::int64_t total) const;
    /// The held parts of [begin, end), ascending.
    std::vector<Range> rangesWithin(std::int64_t begin, std::int64_t end) const;

    /// "0-3, 7" for people; "all" for all.
    std::string text() const;

    bool operator==(const StoredIndices&) const = default;

private:
    const Range* rangeOf(std::int64_t index) const; ///< null when it is not held

    std::vector<Range> m_ranges;        ///< those that touch are one
    std::vector<std::int64_t> m_places; ///< of the first index of each range
};

} // namespace heedmap
