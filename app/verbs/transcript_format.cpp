#include "app/verbs/transcript_format.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <cmath>

namespace heedmap {

namespace {

struct Line
{
    double start = 0;
    double end = 0;
    std::string text;
};

std::string trimmed(const std::string& text)
{
    const std::size_t begin = text.find_first_not_of(" \n");
    return begin == std::string::npos ? std::string() : text.substr(begin, text.find_last_not_of(" \n") - begin + 1);
}

Line lineOf(const Json& segment)
{
    return {segment.at("start_seconds").get<double>(), segment.at("end_seconds").get<double>(),
            trimmed(segment.at("text").get<std::string>())};
}

/// "00:01:02,345" with the given mark before the milliseconds.
std::string clockTime(double seconds, char mark)
{
    const auto total = static_cast<long long>(std::llround(std::max(0.0, seconds) * 1000));
    return fmt::format("{:02}:{:02}:{:02}{}{:03}", total / 3'600'000, total / 60'000 % 60, total / 1000 % 60, mark,
                       total % 1000);
}

std::string quoted(std::string text)
{
    for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 2))
        text.insert(at, 1, '"');
    return '"' + text + '"';
}

std::string formatted(const Line& line, std::size_t number, const std::string& format)
{
    if (format == "srt")
        return fmt::format("{}\n{} --> {}\n{}\n\n", number, clockTime(line.start, ','), clockTime(line.end, ','),
                           line.text);
    if (format == "vtt")
        return fmt::format("{} --> {}\n{}\n\n", clockTime(line.start, '.'), clockTime(line.end, '.'), line.text);
    if (format == "csv")
        return fmt::format("{:.2f},{:.2f},{}\n", line.start, line.end, quoted(line.text));
    return line.text + '\n';
}

} // namespace

std::string transcriptText(const Json& segments, const std::string& format)
{
    if (format == "json")
        return segments.dump(2) + '\n';
    if (format != "text" && format != "srt" && format != "vtt" && format != "csv")
        throw Error(ErrorKind::InvalidRequest, "\"{}\" is no format of a transcript; text, json, srt, vtt and csv are",
                    printable(format));
    std::string text = format == "vtt" ? "WEBVTT\n\n" : format == "csv" ? "start,end,text\n" : "";
    std::size_t number = 0;
    for (const Json& segment : segments)
        if (const Line line = lineOf(segment); !line.text.empty())
            text += formatted(line, ++number, format);
    return text;
}

} // namespace heedmap
