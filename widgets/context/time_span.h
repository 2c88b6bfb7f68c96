#pragma once

#include <algorithm>

namespace heedmap {

/// A stretch of a recording, in seconds from its start; empty where end <= start.
struct TimeSpan
{
    double start = 0;
    double end = 0;

    double length() const { return std::max(0.0, end - start); }
    bool isEmpty() const { return !(end > start); }
    bool contains(double seconds) const { return seconds >= start && seconds < end; }
    double middle() const { return (start + end) / 2; }
    bool operator==(const TimeSpan&) const = default;
};

/// What both have; empty where they do not meet.
inline TimeSpan common(const TimeSpan& a, const TimeSpan& b)
{
    return {std::max(a.start, b.start), std::min(a.end, b.end)};
}

} // namespace heedmap
