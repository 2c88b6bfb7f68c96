#include "core/analysis/alignment_rows.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"
#include "core/capture/site_rows.h"

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr std::int64_t kMostTokens = 16'384; ///< of an output; monotonicity compares each with each
constexpr std::int64_t kMostValues = std::int64_t{1} << 26;

/// The one segment of an axis that is sound and nothing else, or null.
const AxisSegment* soundOf(const Manifest& manifest, const std::string& axis)
{
    const auto found = manifest.axes.find(axis);
    if (found == manifest.axes.end() || found->second.segments.size() != 1)
        return nullptr;
    const AxisSegment& segment = found->second.segments.front();
    return segment.kind == SegmentKind::Frames && segment.secondsPerPosition > 0 ? &segment : nullptr;
}

} // namespace

std::vector<std::string> timingRowsNames()
{
    return {"predicting", "input"};
}

TimingRows timingRowsFromName(const std::string& name)
{
    const std::vector<std::string> names = timingRowsNames();
    if (std::ranges::find(names, name) == names.end())
        throw Error(ErrorKind::InvalidRequest, "\"{}\" are no rows that time words{}", printable(name),
                    namesThereAre(name, names));
    return name == "input" ? TimingRows::Input : TimingRows::Predicting;
}

bool isTranscript(const Manifest& manifest, const CaptureOutput& output)
{
    return output.isText && output.rank == 0 && (!output.segments.empty() || !soundSites(manifest, output).empty());
}

std::vector<std::size_t> transcriptsOf(const Manifest& manifest)
{
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < manifest.outputs.size(); ++i)
        if (isTranscript(manifest, manifest.outputs[i]))
            indices.push_back(i);
    return indices;
}

std::vector<std::size_t> soundSites(const Manifest& manifest, const CaptureOutput& output)
{
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < manifest.sites.size(); ++i) {
        const AttentionSite& site = manifest.sites[i];
        if (site.kind == SiteKind::Cross && site.pass == output.pass && site.queryAxis == output.axis &&
            soundOf(manifest, site.keyAxis))
            indices.push_back(i);
    }
    return indices;
}

std::vector<SiteHead> alignmentHeads(const Capture& capture, const CaptureOutput& output, const Alignment& alignment)
{
    const Manifest& manifest = capture.manifest();
    std::vector<SiteHead> heads;
    for (const Alignment::Head& head : alignment.heads)
        for (std::size_t i = 0; i < manifest.sites.size(); ++i)
            if (manifest.sites[i].pass == output.pass && manifest.sites[i].name == head.site &&
                manifest.sites[i].queryAxis == output.axis)
                heads.push_back({i, {head.head}});
    if (heads.empty() || heads.size() != alignment.heads.size())
        throw Error(ErrorKind::InvalidRequest,
                    "The capture does not have all modules whose heads tell when a token was spoken; make it again "
                    "with \"{}/*\" among its sites.",
                    printable(output.pass));
    const auto looksElsewhere = [&](const SiteHead& head) {
        return capture.site(head.site).keyAxis != capture.site(heads.front().site).keyAxis;
    };
    if (std::ranges::any_of(heads, looksElsewhere))
        throw Error(ErrorKind::InvalidRequest, "The heads of \"{}\" look at different axes and tell no time together.",
                    printable(output.pass));
    return heads;
}

SoundRows soundRows(const Capture& capture, const CaptureOutput& output, const std::string& keyAxis, TimingRows which)
{
    const AxisSegment* sound = soundOf(capture.manifest(), keyAxis);
    if (!sound)
        throw Error(ErrorKind::InvalidRequest,
                    "\"{}\" is no axis of sound alone, so nothing says when a token was spoken.", printable(keyAxis));
    SoundRows result;
    for (std::size_t token = 0; token < output.tokens.size(); ++token) {
        const std::optional<std::int64_t> row =
            which == TimingRows::Input ? output.tokens[token].inputRow : output.tokens[token].predictingRow;
        if (!row)
            continue;
        result.rows.push_back(*row);
        result.tokens.push_back(token);
    }
    if (result.count() > kMostTokens)
        throw Error(ErrorKind::TooLarge, "{} tokens of one window are more than are timed", result.count());
    const CaptureInput* recording = capture.manifest().input(sound->input);
    result.positions =
        recording ? heardPositions(recording->seconds, sound->startSeconds, sound->secondsPerPosition, sound->length)
                  : sound->length;
    result.startSeconds = sound->startSeconds;
    result.secondsPerPosition = sound->secondsPerPosition;
    return result;
}

std::vector<float> readSoundRows(const Capture& capture, const SiteHead& head, const SoundRows& rows)
{
    if (rows.count() > 0 && rows.positions > kMostValues / rows.count())
        throw Error(ErrorKind::TooLarge, "{} tokens over {} positions of sound are more than are timed at once",
                    rows.count(), rows.positions);
    SiteRows site(capture, head.site);
    if (rows.positions > site.keys())
        throw Error(ErrorKind::InvalidRequest, "{} looks at {} positions, fewer than the sound's {}",
                    printable(capture.site(head.site).name), site.keys(), rows.positions);
    const auto keys = static_cast<std::size_t>(site.keys());
    const auto positions = static_cast<std::size_t>(rows.positions);
    std::vector<float> values;
    std::vector<float> block;
    for (std::size_t begin = 0; begin < rows.rows.size();) {
        std::size_t end = begin + 1; // of rows that follow one another, and are read in one go
        while (end < rows.rows.size() && rows.rows[end] == rows.rows[end - 1] + 1 &&
               static_cast<std::int64_t>(end - begin) < site.blockRows())
            ++end;
        block.resize((end - begin) * keys);
        site.read(head.head, rows.rows[begin], static_cast<std::int64_t>(end - begin), block);
        for (std::size_t row = 0; row < end - begin; ++row) {
            const auto first = block.begin() + static_cast<std::ptrdiff_t>(row * keys);
            values.insert(values.end(), first, first + static_cast<std::ptrdiff_t>(positions));
        }
        begin = end;
    }
    return values;
}

OutputAlignment alignOutput(const Capture& capture, const CaptureOutput& output, const Alignment& alignment,
                            TimingRows which)
{
    const std::vector<SiteHead> heads = alignmentHeads(capture, output, alignment);
    OutputAlignment result;
    result.rows = soundRows(capture, output, capture.site(heads.front().site).keyAxis, which);
    const auto share = static_cast<float>(heads.size());
    for (const SiteHead& head : heads) {
        std::vector<float> values = readSoundRows(capture, head, result.rows);
        result.mean.resize(values.size());
        result.matrix.resize(values.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            result.mean[i] += values[i] / share;
        const std::vector<float> matrix =
            alignmentMatrix({1, result.rows.count(), result.rows.positions, std::move(values)}, alignment.medianWidth);
        for (std::size_t i = 0; i < matrix.size(); ++i)
            result.matrix[i] += matrix[i] / share;
    }
    return result;
}

std::vector<TokenSeconds> secondsOfTokens(const CaptureOutput& output, const SoundRows& rows,
                                          std::span<const std::int64_t> begins)
{
    std::vector<TokenSeconds> seconds(output.tokens.size(), {rows.startSeconds, rows.startSeconds});
    std::size_t row = 0;
    for (std::size_t token = 0; token < seconds.size(); ++token) {
        const bool timed = row < rows.tokens.size() && rows.tokens[row] == token && row < begins.size();
        if (timed)
            seconds[token].start = rows.secondsAt(begins[row]);
        else if (token > 0)
            seconds[token].start = seconds[token - 1].start;
        row += timed;
    }
    for (std::size_t token = 0; token < seconds.size(); ++token)
        seconds[token].end = token + 1 < seconds.size() ? seconds[token + 1].start : seconds[token].start;
    return seconds;
}

} // namespace heedmap
