#pragma once

#include "core/capture/gradient_target.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// What a run is to take gradients of.
struct GradientRequest
{
    std::string target;                ///< an output or a score; of an output with scores, the first one
    std::int64_t step = 0;             ///< generated text: which token's row, from 0
    std::optional<std::int32_t> token; ///< generated text: whose logit; absent: of the one that was generated
};

/// Something a run of a model can take gradients of: a generated text, token by token, or one score.
struct GradientSource
{
    std::string output;
    std::string score;               ///< empty: generated text
    std::vector<std::string> passes; ///< whose sites it depends on
    GradientQuantity quantity = GradientQuantity::Logit;
    std::int64_t sites = 0; ///< of these passes, as the plan counts them
};

/// The source a request means. Errors: NotFound with the nearest names; InvalidRequest (a token of a score, a step
/// before the first token).
const GradientSource& sourceOf(const GradientRequest& request, const std::vector<GradientSource>& sources);

} // namespace heedmap
