#pragma once

#include "core/analysis/analysis.h"

namespace heedmap {

/// The shown map rebuilt from its first modes (core/analysis/svd_modes.h): what is left of it when little is kept.
Analysis truncatedSvd();

} // namespace heedmap
