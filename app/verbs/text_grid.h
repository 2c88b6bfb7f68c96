#pragma once

#include <string>
#include <vector>

namespace heedmap {

/// What is said in a stretch of a recording.
struct TimedText
{
    double startSeconds = 0;
    double endSeconds = 0;
    std::string text;
};

/// A TextGrid as Praat writes it in its long text format, UTF-8, with one tier of intervals. They cover [0, xmax], xmax
/// being the recording's `seconds` or the end of what is said, whichever is later: nothing said is "". Praat knows
/// neither overlaps nor intervals without length, so a text begins where the one before it ends at the earliest, and
/// one that has no length to a millisecond stands in the interval before it (in the next where there is none), after a
/// space. Quotation marks are doubled, line ends and tabs become spaces. `texts` are in order of time.
std::string textGrid(const std::vector<TimedText>& texts, const std::string& tier, double seconds);

} // namespace heedmap
