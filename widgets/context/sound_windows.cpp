#include "widgets/context/sound_windows.h"

#include "widgets/context/generated_steps.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace heedmap {

namespace {

const CaptureOutput* outputOf(const Capture& capture, const std::string& axis)
{
    for (const CaptureOutput& output : capture.manifest().outputs)
        if (output.isText && output.axis == axis)
            return &output;
    return nullptr;
}

std::optional<double> statedEnd(const Capture& capture, const AxisSegment& frames)
{
    const CaptureInput* input = capture.manifest().input(frames.input);
    return input && input->kind == InputKind::Audio ? std::optional(input->seconds) : std::nullopt;
}

SoundPositions positionsOf(const AxisSegment& frames)
{
    return {frames.begin, frames.length, frames.startSeconds, frames.secondsPerPosition};
}

SoundTokenKind kindOf(const TokenAxis& axis, std::int64_t position)
{
    return axis.isSpecial(position) ? SoundTokenKind::Special : SoundTokenKind::Word;
}

std::optional<std::int64_t> heldRow(const TokenAxis& axis, std::optional<std::int64_t> row)
{
    return row && *row >= 0 && *row < axis.length && axis.storedQueries.contains(*row) ? row : std::nullopt;
}

} // namespace

const AxisSegment* soundSegment(const TokenAxis& axis)
{
    const auto found = std::ranges::find(axis.segments, SegmentKind::Frames, &AxisSegment::kind);
    return found == axis.segments.end() ? nullptr : &*found;
}

bool hasSound(const Capture& capture)
{
    return std::ranges::any_of(capture.manifest().sites, [&](const AttentionSite& site) {
        return hasSound(capture.manifest().axis(site.keyAxis)) || hasSound(capture.manifest().axis(site.queryAxis));
    });
}

SoundPositions SoundPositions::of(const TokenAxis& axis)
{
    const AxisSegment* frames = soundSegment(axis);
    return frames ? positionsOf(*frames) : SoundPositions{};
}

std::vector<SoundPositions> SoundPositions::allOf(const TokenAxis& axis)
{
    std::vector<SoundPositions> all;
    for (const AxisSegment& segment : axis.segments)
        if (segment.kind == SegmentKind::Frames)
            all.push_back(positionsOf(segment));
    return all;
}

TimeSpan SoundPositions::spanOf(std::int64_t position) const
{
    const double start = startSeconds + static_cast<double>(position - first) * secondsPerPosition;
    return {start, start + secondsPerPosition};
}

std::optional<std::int64_t> SoundPositions::positionAt(double seconds) const
{
    if (!span().contains(seconds))
        return std::nullopt;
    const auto index = static_cast<std::int64_t>(std::floor((seconds - startSeconds) / secondsPerPosition));
    return first + std::clamp<std::int64_t>(index, 0, count - 1);
}

std::vector<SoundWindow> soundWindows(const Capture& capture)
{
    std::vector<SoundWindow> windows;
    std::set<std::pair<std::string, std::string>> known;
    for (const GroupChoice& group : groupChoices(capture)) {
        const TokenAxis& words = capture.queryAxis(group.sites.front());
        const TokenAxis& sound = capture.keyAxis(group.sites.front());
        const AxisSegment* frames = soundSegment(sound);
        if (group.isComposed() || !frames || hasSound(words) || !known.insert({words.id, sound.id}).second)
            continue;
        const CaptureOutput* output = outputOf(capture, words.id);
        SoundWindow window{group.id, group.title, words.id, sound.id, SoundPositions::of(sound), {}, {}, group};
        window.output = output ? output->id : std::string();
        const TimeSpan all = window.positions.span();
        window.heard = {all.start, std::clamp(statedEnd(capture, *frames).value_or(all.end), all.start, all.end)};
        windows.push_back(std::move(window));
    }
    std::ranges::stable_sort(windows, {}, [](const SoundWindow& window) { return window.heard.start; });
    return windows;
}

SoundPositions heardPositions(const Capture& capture, const TokenAxis& axis)
{
    SoundPositions positions = SoundPositions::of(axis);
    const AxisSegment* frames = soundSegment(axis);
    const std::optional<double> end = frames ? statedEnd(capture, *frames) : std::nullopt;
    if (!end)
        return positions;
    const double heard = std::ceil((*end - positions.startSeconds) / positions.secondsPerPosition - 1e-6);
    positions.count = static_cast<std::int64_t>(std::clamp(heard, 1.0, static_cast<double>(positions.count)));
    return positions;
}

double recordingEnd(const Capture& capture)
{
    std::optional<double> stated;
    double heard = 0;
    for (const auto& [id, axis] : capture.manifest().axes)
        if (const AxisSegment* frames = soundSegment(axis)) {
            heard = std::max(heard, SoundPositions::of(axis).span().end);
            if (const std::optional<double> end = statedEnd(capture, *frames))
                stated = std::max(stated.value_or(0), *end);
        }
    // A hostile file may state anything; what nobody heard is not worth an axis.
    return stated && *stated > 0 ? std::min(*stated, std::max(heard, 1.0)) : heard;
}

std::vector<SoundToken> soundTokens(const Capture& capture, const SoundWindow& window, bool predictingRow)
{
    const TokenAxis& axis = capture.manifest().axis(window.words);
    const CaptureOutput* output = capture.manifest().output(window.output);
    std::vector<SoundToken> tokens;
    std::int64_t given = axis.length;
    for (const GeneratedToken& token : output ? output->tokens : std::vector<GeneratedToken>())
        given = std::min(given, token.predictingRow + 1);
    for (std::int64_t position = 0; position < given; ++position)
        tokens.push_back({axis.label(position), output ? SoundTokenKind::Prompt : kindOf(axis, position), std::nullopt,
                          heldRow(axis, position)});
    for (std::size_t i = 0; output && i < output->tokens.size(); ++i) {
        const GeneratedToken& token = output->tokens[i];
        tokens.push_back({token.text, token.span ? SoundTokenKind::Word : SoundTokenKind::Special, i,
                          heldRow(axis, rowOfToken(token, predictingRow))});
    }
    return tokens;
}

} // namespace heedmap
