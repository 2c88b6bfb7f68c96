#pragma once

#include "core/base/instruction_set.h"
#include "core/runtime/run_result.h"

#include <span>

namespace heedmap {

/// Of elements of the same place; a NaN among the differences is the largest. Of as many elements each.
float largestDifference(std::span<const float> a, std::span<const float> b,
                        InstructionSet instructions = instructionSet());

/// The largest absolute difference between a weight the model used (`site.weights`) and the one a reader computes from
/// the site's queries and keys, over all heads, queries and keys. The arithmetic is a reader's (core/capture/
/// dot_products.h and softmax.h). On all processors. Errors: InvalidFile when anything is not finite.
double maxRowError(const RecordedSite& site);
/// The same with the queries and keys that are stored instead of the site's own, where the site's tensors and these
/// have the named heads and rows alone (partOf).
double maxRowError(const RecordedSite& site, const FloatTensor& queries, const FloatTensor& keys,
                   const StoredIndices& heads = {}, const StoredIndices& rows = {});

} // namespace heedmap
