#pragma once

#include "core/base/json.h"
#include "core/capture/manifest.h"

#include <string>
#include <vector>

namespace heedmap {

/// Names of the formats below, for --format.
std::vector<std::string> transcriptFormats();

/// How long the recording of a capture is; 0 without one.
double recordingSeconds(const Manifest& manifest);

/// `segments` or `words` of run/start's answer (PROTOCOL.md) as a text file: "text" (a line each), "json", "srt"
/// (SubRip), "vtt" (WebVTT), "textgrid" (Praat, see textGrid) or "csv" (seconds; fields in quotes; of words also their
/// `probability` and `attention_share`, empty where it is absent). `tier` names the intervals of a TextGrid, `seconds`
/// is how long the recording is. Errors: InvalidRequest for another format, Json::exception for segments of another
/// shape.
std::string transcriptText(const Json& segments, const std::string& format, const std::string& tier, double seconds);

} // namespace heedmap
