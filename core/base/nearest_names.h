#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace heedmap {

/// The names in `known` closest to `wanted` by edit distance (case-insensitive; containing `wanted` counts as close),
/// nearest first, at most `limit`, none farther than half the length of the longer name.
std::vector<std::string> nearestNames(std::string_view wanted, std::span<const std::string> known,
                                      std::size_t limit = 3);

/// "; did you mean A, B or C?", or an empty string when nothing is near.
std::string didYouMean(std::string_view wanted, std::span<const std::string> known);

/// What to say after "there is no X": "; did you mean A? There are A, B, C", or "; there are A, B, C".
std::string namesThereAre(std::string_view wanted, std::span<const std::string> known);

} // namespace heedmap
