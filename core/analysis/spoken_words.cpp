#include "core/analysis/spoken_words.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/attention.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

/// The rows of an output's tokens on one axis of sound.
struct Rows
{
    std::vector<std::int64_t> rows; ///< of tokens that were inputs, in order
    const AxisSegment* sound = nullptr;
    std::int64_t positions = 0; ///< up to the recording's end
};

Rows rowsOf(const Capture& capture, const CaptureOutput& output, const AttentionSite& site)
{
    Rows result;
    for (const GeneratedToken& token : output.tokens)
        if (token.inputRow)
            result.rows.push_back(*token.inputRow);
    const TokenAxis& axis = capture.manifest().axis(site.keyAxis);
    const auto frames = std::ranges::find(axis.segments, SegmentKind::Frames, &AxisSegment::kind);
    if (frames == axis.segments.end() || axis.segments.size() != 1 || !(frames->secondsPerPosition > 0))
        throw Error(ErrorKind::InvalidRequest,
                    "\"{}\" is no axis of sound alone, so nothing says when a token was "
                    "spoken.",
                    printable(site.keyAxis));
    result.sound = &*frames;
    result.positions = axis.length;
    const CaptureInput* recording = capture.manifest().input(frames->input);
    if (!recording)
        return result;
    // Feature frames, two a position, as many as the recording has begun.
    const double left = (recording->seconds - frames->startSeconds) / (frames->secondsPerPosition / 2);
    const auto heard = static_cast<std::int64_t>(std::ceil(std::clamp(left, 0.0, 1e9) - 1e-6)) / 2;
    result.positions = std::clamp<std::int64_t>(heard, 1, axis.length);
    return result;
}

std::vector<MapChoice> alignmentMaps(const Capture& capture, const CaptureOutput& output, const Alignment& alignment)
{
    const Manifest& manifest = capture.manifest();
    std::vector<MapChoice> maps;
    for (std::size_t i = 0; i < manifest.sites.size(); ++i)
        for (const Alignment::Head& head : alignment.heads)
            if (manifest.sites[i].pass == output.pass && manifest.sites[i].name == head.site &&
                manifest.sites[i].queryAxis == output.axis)
                maps.push_back({i, {head.head}, {}});
    if (maps.empty() || maps.size() != alignment.heads.size())
        throw Error(ErrorKind::InvalidRequest,
                    "The capture does not have all modules whose heads tell when a token was spoken; make it again "
                    "with \"{}/*\" among its sites.",
                    printable(output.pass));
    return maps;
}

AlignmentWeights weightsOf(const Capture& capture, const std::vector<MapChoice>& maps, const Rows& rows)
{
    AlignmentWeights weights{
        static_cast<std::int64_t>(maps.size()), static_cast<std::int64_t>(rows.rows.size()), rows.positions, {}};
    for (const MapChoice& map : maps)
        for (const std::int64_t row : rows.rows) {
            const std::vector<float> values = readRow(capture, map, row);
            weights.values.insert(weights.values.end(), values.begin(), values.begin() + rows.positions);
        }
    return weights;
}

bool isBlank(std::string_view character)
{
    return character == " " || character == "\t" || character == "\n" || character == "\r" || character == "\u00A0" ||
           character == "\u3000";
}

} // namespace

std::vector<TokenSeconds> tokenSeconds(const Capture& capture, const CaptureOutput& output, const Alignment& alignment)
{
    const std::vector<MapChoice> maps = alignmentMaps(capture, output, alignment);
    const Rows rows = rowsOf(capture, output, capture.site(maps.front().site));
    const AlignmentWeights weights = weightsOf(capture, maps, rows);
    const std::vector<float> matrix = alignmentMatrix(weights, alignment.medianWidth);
    const std::vector<std::int64_t> begins = tokenBegins(warpingPath(matrix, weights.tokens, weights.positions));
    std::vector<TokenSeconds> seconds(output.tokens.size(), {rows.sound->startSeconds, rows.sound->startSeconds});
    std::size_t row = 0;
    for (std::size_t token = 0; token < seconds.size(); ++token) {
        const bool timed = output.tokens[token].inputRow && row < begins.size();
        const auto position = static_cast<double>(timed ? begins[row] : 0);
        if (timed)
            seconds[token].start = rows.sound->startSeconds + position * rows.sound->secondsPerPosition;
        else if (token > 0)
            seconds[token].start = seconds[token - 1].start;
        row += timed;
    }
    for (std::size_t token = 0; token < seconds.size(); ++token)
        seconds[token].end = token + 1 < seconds.size() ? seconds[token + 1].start : seconds[token].start;
    return seconds;
}

std::vector<SpokenWord> spokenWords(const CaptureOutput& output, const std::vector<TokenSeconds>& seconds)
{
    const std::size_t length = codePointCount(output.text);
    std::vector<SpokenWord> words;
    for (std::size_t token = 0; token < std::min(output.tokens.size(), seconds.size()); ++token) {
        const std::optional<TextSpan>& span = output.tokens[token].span;
        if (!span || span->begin >= span->end || span->end > length ||
            isBlank(slice(output.text, span->begin, span->begin + 1)))
            continue;
        if (!words.empty() && span->begin <= words.back().span.end) {
            words.back().span.end = std::max(words.back().span.end, span->end);
            words.back().endSeconds = seconds[token].end;
        } else {
            words.push_back({*span, seconds[token].start, seconds[token].end});
        }
    }
    return words;
}

} // namespace heedmap
