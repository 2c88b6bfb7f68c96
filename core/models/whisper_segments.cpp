#include "core/models/whisper_segments.h"

#include <algorithm>

namespace heedmap {

namespace {

using Ids = std::span<const std::int32_t>;

/// Places after which a segment begins: the second of two times in a row.
std::vector<std::size_t> meetings(Ids tokens, std::int32_t firstTime)
{
    std::vector<std::size_t> places;
    for (std::size_t i = 1; i < tokens.size(); ++i)
        if (tokens[i - 1] >= firstTime && tokens[i] >= firstTime)
            places.push_back(i);
    return places;
}

/// One segment: it ends at its last time, or with the window where it has none but the first possible.
WindowReading undivided(Ids tokens, std::int32_t firstTime, std::int64_t frames, double secondsPerPosition)
{
    const auto last = std::find_if(tokens.rbegin(), tokens.rend(), [&](std::int32_t id) { return id >= firstTime; });
    const bool timed = last != tokens.rend() && *last != firstTime;
    const std::int64_t end = timed ? *last - firstTime : frames / kFramesPerPosition;
    return {{{0, 0, tokens.size(), 0, static_cast<double>(end) * secondsPerPosition}}, frames};
}

} // namespace

WindowReading readWindow(Ids tokens, std::int32_t firstTime, std::int64_t frames, double secondsPerFrame)
{
    const double secondsPerPosition = secondsPerFrame * kFramesPerPosition;
    std::vector<std::size_t> ends = meetings(tokens, firstTime);
    if (ends.empty())
        return undivided(tokens, firstTime, frames, secondsPerPosition);
    // One time at the very end: nothing is said after it. Otherwise what follows the last meeting is unfinished.
    const bool closed = tokens.back() >= firstTime && tokens[tokens.size() - 2] < firstTime;
    if (closed)
        ends.push_back(tokens.size());
    else
        ++ends.back(); // both times of the meeting stay with the segment before it
    const auto seconds = [&](std::size_t place) {
        return static_cast<double>(tokens[place] - firstTime) * secondsPerPosition;
    };
    WindowReading reading;
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
        const bool cut = end == ends.back() && !closed;
        reading.segments.push_back({0, begin, end, seconds(begin), seconds(end - (cut ? 2 : 1))});
        begin = end;
    }
    reading.advance = closed ? frames : std::max(kFramesPerPosition * (tokens[begin - 2] - firstTime), 1);
    return reading;
}

} // namespace heedmap
