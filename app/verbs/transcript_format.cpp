#include "app/verbs/transcript_format.h"

#include "app/verbs/text_grid.h"
#include "core/base/error.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

/// One line of text: an empty one would end a cue.
std::string onOneLine(const std::string& said)
{
    const std::string text = controlsReplaced(said, ' ', Lines::Joined);
    const std::size_t begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? std::string() : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// WebVTT's text of a cue: what begins tags and references is written as references.
std::string escaped(const std::string& text)
{
    std::string cue;
    for (const char c : text)
        cue += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    return cue;
}

TimedText timedText(const Json& segment)
{
    return {segment.at("start_seconds").get<double>(), segment.at("end_seconds").get<double>(),
            onOneLine(segment.at("text").get<std::string>())};
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

bool isWord(const Json& segment)
{
    return segment.contains("probability");
}

/// Further columns of words.
std::string confidence(const Json& segment)
{
    if (!isWord(segment))
        return {};
    std::string columns = fmt::format(",{:.4f},", segment.at("probability").get<double>());
    if (segment.contains("attention_share"))
        columns += fmt::format("{:.4f}", segment.at("attention_share").get<double>());
    return columns;
}

/// A cue of no length is none to a player: it lasts a thousandth of a second at least.
std::string cueTimes(const TimedText& line, char mark)
{
    return fmt::format("{} --> {}", clockTime(line.startSeconds, mark),
                       clockTime(std::max(line.endSeconds, std::max(line.startSeconds, 0.0) + 0.001), mark));
}

std::string formatted(const TimedText& line, const Json& segment, std::size_t number, const std::string& format)
{
    if (format == "srt")
        return fmt::format("{}\n{}\n{}\n\n", number, cueTimes(line, ','), line.text);
    if (format == "vtt")
        return fmt::format("{}\n{}\n\n", cueTimes(line, '.'), escaped(line.text));
    if (format == "csv")
        return fmt::format("{:.2f},{:.2f},{}{}\n", line.startSeconds, line.endSeconds, quoted(line.text),
                           confidence(segment));
    return line.text + '\n';
}

} // namespace

std::vector<std::string> transcriptFormats()
{
    return {"text", "json", "srt", "vtt", "textgrid", "csv"};
}

double recordingSeconds(const Manifest& manifest)
{
    const auto recording = std::ranges::find(manifest.inputs, InputKind::Audio, &CaptureInput::kind);
    return recording == manifest.inputs.end() ? 0 : recording->seconds;
}

std::string transcriptText(const Json& segments, const std::string& format, const std::string& tier, double seconds)
{
    if (format == "json")
        return segments.dump(2) + '\n';
    const std::vector<std::string> known = transcriptFormats();
    if (std::ranges::find(known, format) == known.end())
        throw Error(ErrorKind::InvalidRequest, "\"{}\" is no format of a transcript; {} are", printable(format),
                    fmt::join(known, ", "));
    std::vector<TimedText> lines;
    std::string text = format == "vtt" ? "WEBVTT\n\n" : "";
    if (format == "csv")
        text =
            std::ranges::any_of(segments, isWord) ? "start,end,text,probability,attention_share\n" : "start,end,text\n";
    for (const Json& segment : segments)
        if (const TimedText line = timedText(segment); !line.text.empty()) {
            lines.push_back(line);
            text += formatted(line, segment, lines.size(), format);
        }
    return format == "textgrid" ? textGrid(lines, tier, seconds) : text;
}

} // namespace heedmap
