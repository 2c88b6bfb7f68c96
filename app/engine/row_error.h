#pragma once

#include "core/runtime/run_result.h"

namespace heedmap {

/// The largest absolute difference between a weight the model used (`site.weights`) and the one a reader computes from
/// the site's queries and keys, over all heads, queries and keys. The arithmetic is that of core/capture/attention.h:
/// products summed in double precision, softmax in single precision. Errors: InvalidFile when anything is not finite.
double maxRowError(const RecordedSite& site);
/// The same with the queries and keys that are stored instead of the site's own, where the site's tensors and these
/// have the named heads and rows alone (partOf).
double maxRowError(const RecordedSite& site, const FloatTensor& queries, const FloatTensor& keys,
                   const StoredIndices& heads = {}, const StoredIndices& rows = {});

} // namespace heedmap
