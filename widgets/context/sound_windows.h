#pragma once

#include "core/capture/capture.h"
#include "widgets/context/map_navigation.h"
#include "widgets/context/time_span.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// Where a capture speaks of sound: pure functions over its manifest.

/// The first run of frames of an axis, or null.
const AxisSegment* soundSegment(const TokenAxis& axis);
inline bool hasSound(const TokenAxis& axis)
{
    return soundSegment(axis) != nullptr;
}
/// Whether any map has sound at one of its sides.
bool hasSound(const Capture& capture);

/// Positions of an axis laid on the recording. Every position but those of the frames has no time.
struct SoundPositions
{
    std::int64_t first = 0; ///< position of the axis
    std::int64_t count = 0;
    double startSeconds = 0;
    double secondsPerPosition = 0;

    static SoundPositions of(const TokenAxis& axis);
    /// Every run of frames of an axis: of keys that are those of several windows one for each.
    static std::vector<SoundPositions> allOf(const TokenAxis& axis);
    TimeSpan span() const { return {startSeconds, startSeconds + static_cast<double>(count) * secondsPerPosition}; }
    bool contains(std::int64_t position) const { return position >= first && position < first + count; }
    TimeSpan spanOf(std::int64_t position) const;
    std::optional<std::int64_t> positionAt(double seconds) const; ///< absent beside the axis
    bool operator==(const SoundPositions&) const = default;
};

/// What was heard at once, and the text that was written of it: a group whose words look at sound.
struct SoundWindow
{
    std::string group;
    std::string title; ///< of the group
    std::string words; ///< axis
    std::string sound; ///< axis
    SoundPositions positions;
    std::string output; ///< CaptureOutput::id of the text; empty where there is none
    TimeSpan heard;     ///< of the recording: silence appended at its end is no part of it
    GroupChoice choice; ///< the group itself: to look it up again takes as long as to list them all
};

/// In the recording's order.
std::vector<SoundWindow> soundWindows(const Capture& capture);
/// The positions of an axis that begin before the recording ends, at least one; the others heard appended silence.
SoundPositions heardPositions(const Capture& capture, const TokenAxis& axis);
/// Where the recording ends, as the capture says; the end of what was heard where it does not.
double recordingEnd(const Capture& capture);

enum class SoundTokenKind
{
    Word,
    Special, ///< stands for no text: times, the end
    Prompt   ///< given to the decoder, not written by it
};

/// A token of a window's text.
struct SoundToken
{
    std::string text;
    SoundTokenKind kind = SoundTokenKind::Word;
    std::optional<std::size_t> generated; ///< index among CaptureOutput::tokens
    std::optional<std::int64_t> row;      ///< the row that is shown for it, where the capture has it
};

/// The prompt, then what was written. Of an axis without output its tokens. `predictingRow` as in DisplayOptions.
std::vector<SoundToken> soundTokens(const Capture& capture, const SoundWindow& window, bool predictingRow);

} // namespace heedmap
