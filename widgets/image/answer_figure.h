#pragma once

#include "core/base/number_table.h"
#include "core/capture/capture.h"
#include "widgets/image/figure.h"

namespace heedmap {

/// What the model said, on paper: the text, every generated token with its probability and what it nearly was; for
/// scores, the scores. `output` belongs to `capture`.
Figure figureOfAnswer(const Capture& capture, const CaptureOutput& output);
/// The same in numbers, double precision: one row for each token, alternative or score, columns probability and natural
/// logarithm; for scores the value alone.
NumberTable tableOfAnswer(const Capture& capture, const CaptureOutput& output);

} // namespace heedmap
