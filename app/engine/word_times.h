#pragma once

#include "core/analysis/alignment_rows.h"
#include "core/base/json.h"
#include "core/protocol/server.h"

#include <filesystem>

namespace heedmap {

/// What run/start answers of a recording's words (PROTOCOL.md): `words` and `word_heads`, timed by the heads the
/// checkpoint names, otherwise by those a search finds in the capture. Errors: as transcriptWords and
/// searchAlignmentHeads.
Json answerOfWords(const std::filesystem::path& capture, TimingRows rows, RequestContext& request);

} // namespace heedmap
