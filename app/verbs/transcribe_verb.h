#pragma once

#include "app/verbs/verb.h"

namespace heedmap {

/// `heedmap transcribe --model DIR --audio FILE [--language L] [--task T] [--beam N] [--words [--rows R]] [--format
/// text|json|srt|vtt|textgrid|csv]`: what was said, and when.
Verb transcribeVerb();

} // namespace heedmap
