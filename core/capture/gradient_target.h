#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <optional>
#include <string>

namespace heedmap {

struct CaptureOutput;
struct Manifest;

/// What of an output y is.
enum class GradientQuantity
{
    Logit, ///< the entry that softmax turns into the probability of the token or score
    Value  ///< the score as it stands among the outputs
};

/// The y of stored gradients ∂y/∂O: one token of a generated text, or one score. See FORMAT.md, "Gradients".
struct GradientTarget
{
    std::string output;               ///< id of the output
    std::optional<std::int64_t> step; ///< generated text: which of its tokens' predicting row y is read in, from 0
    std::int64_t tokenId = 0;         ///< with `step`: the token whose logit y is; need not be the one generated
    std::string tokenText;
    std::string score; ///< without `step`: name of the score
    GradientQuantity quantity = GradientQuantity::Logit;
    std::optional<double> value; ///< y

    bool operator==(const GradientTarget&) const = default;
};

/// Reads an untrusted target. `manifest` holds its outputs. Errors: InvalidFile, Unsupported (another quantity).
GradientTarget gradientTargetFromJson(const Json& json, const Manifest& manifest, const std::string& where);
Json jsonFromGradientTarget(const GradientTarget& target);

/// For people: "logit of “red” (token 0 of answer)", "logit of match probability".
std::string gradientTargetLabel(const GradientTarget& target);

} // namespace heedmap
