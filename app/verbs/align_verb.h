#pragma once

#include "app/verbs/verb.h"

namespace heedmap {

/// `heedmap align`: when the words of a captured recording were spoken, and by which heads. Needs no model.
Verb alignVerb();

} // namespace heedmap
