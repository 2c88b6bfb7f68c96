#pragma once

#include "app/engine/run_order.h"
#include "core/capture/manifest.h"

namespace heedmap {

/// The generated text with the places of its tokens: `ids` are prompt and generated tokens, `spans` lie in `text`.
struct DecodedOutput
{
    std::vector<std::int32_t> ids;
    std::string text;
    std::vector<std::optional<TextSpan>> spans;
};

/// Precondition: the result has generated text.
DecodedOutput decodedOutput(const RunOrder& order, const RunResult& result);

/// What the positions of an axis of the run mean. `output` is null when no text was generated.
TokenAxis captureAxis(const RunAxis& axis, const RunOrder& order, const DecodedOutput* output);

/// Generated text and scores of the run.
std::vector<CaptureOutput> captureOutputs(const RunOrder& order, const RunResult& result, const DecodedOutput* output);

} // namespace heedmap
