#pragma once

#include "core/base/json.h"

#include <string>

namespace heedmap {

/// `segments` or `words` of run/start's answer (PROTOCOL.md) as a text file: "text" (a line each), "json", "srt"
/// (SubRip), "vtt" (WebVTT) or "csv" (seconds; fields in quotes). Errors: InvalidRequest for another format,
/// Json::exception for segments of another shape.
std::string transcriptText(const Json& segments, const std::string& format);

} // namespace heedmap
