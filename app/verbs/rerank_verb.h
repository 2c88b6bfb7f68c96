#pragma once

#include "app/verbs/verb.h"

namespace heedmap {

/// `heedmap rerank --model DIR --audio FILE [--candidates FILE] [--beam N] [--language L] [--coverage W]
/// [--monotonicity W] [--json]`: which of several texts was said, and which words decide.
Verb rerankVerb();

} // namespace heedmap
