#pragma once

#include "core/capture/capture.h"
#include "widgets/context/recording.h"

#include <QTemporaryDir>

#include <memory>

namespace heedmap::test {

/// How a capture of speech made for a test looks: windows of 2 s in 20 positions of 0.1 s, heard by a model of two
/// layers and two heads, which wrote " red", " ball" and an end token after a prompt of two, in every window.
struct SpokenCapture
{
    int windows = 1;
    double secondsPerWindow = 2.0; ///< from the begin of a window to that of the next
    double recordingSeconds = 1.6; ///< of the last window; silence follows
    bool withAlignment = false;    ///< the model names head 1 of layer 1, and a median of 3
    int reach = 0;                 ///< positions beside the one a head hears that share its weight, at either side
};

constexpr std::int64_t kSoundPositions = 20;
constexpr double kSecondsPerPosition = 0.1;
/// Rows of an axis "transcript": prompt 0 and 1, " red" 2, " ball" 3. Row 1 predicts " red", row 3 the end.
constexpr std::int64_t kRedRow = 2;
constexpr std::int64_t kBallRow = 3;
/// Where a head of a layer listens in a row: 0.6 of its weight, and 0.02 on each position.
std::int64_t heardPosition(int layer, int head, std::int64_t row);

/// Windows are passes "transcript" and "sound", "transcript.2" and "sound.2", …; in each transcript → sound, and in the
/// first transcript → transcript and sound → sound too.
std::shared_ptr<const Capture> makeSpoken(const QTemporaryDir& folder, const SpokenCapture& spoken = {});

/// A tone from 0.5 to 1.0 s of that many seconds at 16 000 samples a second, full scale a half; silence around it.
std::shared_ptr<const Recording> makeRecording(double seconds);

} // namespace heedmap::test
