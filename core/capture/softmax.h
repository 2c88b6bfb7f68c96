#pragma once

#include "core/base/instruction_set.h"

#include <cstdint>
#include <optional>
#include <span>

namespace heedmap {

/// Scores of one row → attention probabilities: out[k] = exp(sₖ − max s) / Σ exp(sⱼ − max s), s = scores · scale, or
/// softCap · tanh(scores · scale / softCap).
struct SoftmaxInput
{
    std::span<double> scores; ///< taken as room for s
    double scale = 1;
    std::optional<double> softCap;
    /// 0: the key is hidden, its probability 0. Empty: none is.
    std::span<const std::uint8_t> visible;
};

/// `out` has one element per score. Differences of scores are taken in double precision, exponentials in single (to
/// 2e-7 of their value; below 1e-37: 0), sums in double. All zeros where no key is visible or every score −∞; a NaN
/// among the visible ones makes the whole row NaN, for a broken row must not look like a whole one. Thread-safe.
void softmax(const SoftmaxInput& input, std::span<float> out, InstructionSet instructions = instructionSet());

} // namespace heedmap
