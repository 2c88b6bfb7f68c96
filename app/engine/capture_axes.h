#pragma once

#include "app/engine/run_order.h"
#include "core/capture/manifest.h"

#include <map>

namespace heedmap {

/// A generated text with the places of its tokens: `ids` are prompt and generated tokens, `spans` lie in `text`.
struct DecodedOutput
{
    std::vector<std::int32_t> ids;
    std::string text;
    std::vector<std::optional<TextSpan>> spans;
};

using DecodedOutputs = std::map<std::string, DecodedOutput>; ///< by axis

DecodedOutputs decodedOutputs(const RunOrder& order, const RunResult& result);

/// What the positions of an axis of the run mean.
TokenAxis captureAxis(const RunAxis& axis, const RunOrder& order, const DecodedOutputs& outputs);

/// Generated texts and scores of the run.
std::vector<CaptureOutput> captureOutputs(const RunOrder& order, const RunResult& result,
                                          const DecodedOutputs& outputs);

} // namespace heedmap
