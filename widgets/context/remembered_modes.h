#pragma once

#include "core/analysis/result_cache.h"
#include "widgets/context/mode_provider.h"

namespace heedmap {

/// computeModes, or the same to the bit from where it was kept. Thread-safe. Errors: as computeModes.
ModesResult rememberedModes(const ResultCache& cache, const Capture& capture, const ModesRequest& request,
                            const GoOn& goOn = {});

} // namespace heedmap
