#pragma once

#include "core/analysis/analysis.h"

#include <string>

namespace heedmap {

/// `wanted` as `heedmap capture --gradients` names it: an output with or without step and token (answer, answer:1,
/// answer:0=red) or a score stays; a word becomes the place where it was generated, else another word at the first
/// place where there are tokens at all. Empty: the first token or score there is.
std::string gradientArgument(const Manifest& manifest, const std::string& wanted);

/// Whether the stored gradients are those of `wanted`, named as above; empty: any.
bool holdsGradientsOf(const Manifest& manifest, const std::string& wanted);

/// Errors: InvalidRequest with the nearest names where no output has tokens and `wanted` is neither an output nor a
/// score.
void checkGradientTarget(const Manifest& manifest, const std::string& wanted);

/// The command line that makes a capture like this one, of every module and with the same interventions, that has what
/// an analysis reads. Names are those the capture knows; the file names may have to be found again. Quoted for a shell,
/// and without control characters.
std::string captureCommand(const Capture& capture, AnalysisNeed need, const std::string& wanted = {});

} // namespace heedmap
