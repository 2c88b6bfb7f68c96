#pragma once

#include "core/capture/manifest.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace heedmap {

/// How options name heads and positions: terms with commas between them, a number or a range with both ends included.

/// NAME:LIST, split at the last colon: names have none, lists neither. `form` says how it should look. Errors:
/// InvalidRequest.
std::pair<std::string, std::string> splitArgument(const std::string& option, const std::string& argument,
                                                  const char* form);

/// "0,2-3" or "H0,H2": of a module of so many heads, in the order they are named. `where` names the option in messages.
/// Errors: InvalidRequest.
std::vector<int> headsNamed(const std::string& list, const std::string& where, const std::string& site, int heads);

struct AxisPositions
{
    std::string axis;
    std::vector<std::int64_t> positions; ///< ascending, none twice
};

/// AXIS:POSITIONS: numbers and ranges; on an axis without patches words, which stand for every position they have; on
/// one with patches one rectangle of rows and columns or of pixels ("picture:r3-5,c10-12"); on one of sound spans of
/// seconds, which stand for the positions whose centres lie in them ("sound:s0.6-0.7"). Errors: InvalidRequest with
/// the nearest names.
AxisPositions positionsNamed(const std::string& option, const std::string& argument, const Manifest& manifest);
/// The same where only numbers and ranges are named, which need no axis to be understood; otherwise absent.
std::optional<AxisPositions> plainPositions(const std::string& option, const std::string& argument);

} // namespace heedmap
