#pragma once

#include "core/capture/capture.h"

#include <cstdint>
#include <span>
#include <vector>

namespace heedmap {

/// Which keys one query may look at; `visible` has one element per key and becomes 1 or 0. Errors: InvalidFile (file
/// cut short).
void readVisibility(const Capture& capture, const AttentionSite& site, std::int64_t query,
                    std::span<std::uint8_t> visible);

} // namespace heedmap
