#include "app/verbs/text_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace heedmap {

namespace {

struct Interval
{
    long long start = 0; ///< milliseconds
    long long end = 0;
    std::string text;
};

long long milliseconds(double seconds)
{
    return std::llround(std::max(0.0, seconds) * 1000);
}

std::string joined(const std::string& first, const std::string& second)
{
    return first.empty() ? second : second.empty() ? first : first + ' ' + second;
}

std::vector<Interval> covering(const std::vector<TimedText>& texts, double seconds)
{
    std::vector<Interval> intervals;
    long long at = 0;
    std::string waiting; // without length, and nothing before it
    for (const TimedText& text : texts) {
        const long long start = std::max(at, milliseconds(text.startSeconds));
        const long long end = milliseconds(text.endSeconds);
        if (end <= start && !intervals.empty()) {
            intervals.back().text = joined(intervals.back().text, text.text);
            continue;
        }
        if (end <= start) {
            waiting = joined(waiting, text.text);
            continue;
        }
        if (start > at)
            intervals.push_back({at, start, std::exchange(waiting, {})});
        intervals.push_back({start, end, joined(std::exchange(waiting, {}), text.text)});
        at = end;
    }
    if (const long long last = milliseconds(seconds); last > at || intervals.empty())
        intervals.push_back({at, std::max(last, at + 1), waiting});
    return intervals;
}

std::string quoted(const std::string& text)
{
    std::string result = "\"";
    for (const char character : text) {
        const bool isBlank = character == '\n' || character == '\r' || character == '\t';
        result += isBlank ? ' ' : character;
        if (character == '"')
            result += '"';
    }
    return result + '"';
}

std::string number(long long milliseconds)
{
    return fmt::format("{}", static_cast<double>(milliseconds) / 1000);
}

} // namespace

std::string textGrid(const std::vector<TimedText>& texts, const std::string& tier, double seconds)
{
    const std::vector<Interval> intervals = covering(texts, seconds);
    const std::string end = number(intervals.back().end);
    std::string grid = fmt::format("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = 0 \nxmax = {} \n"
                                   "tiers? <exists> \nsize = 1 \nitem []: \n    item [1]:\n"
                                   "        class = \"IntervalTier\" \n        name = {} \n        xmin = 0 \n"
                                   "        xmax = {} \n        intervals: size = {} \n",
                                   end, quoted(tier), end, intervals.size());
    for (std::size_t i = 0; i < intervals.size(); ++i)
        grid += fmt::format("        intervals [{}]:\n            xmin = {} \n            xmax = {} \n"
                            "            text = {} \n",
                            i + 1, number(intervals[i].start), number(intervals[i].end), quoted(intervals[i].text));
    return grid;
}

} // namespace heedmap
