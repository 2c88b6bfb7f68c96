#pragma once

#include "app/verbs/verb.h"

namespace heedmap {

Verb synthVerb();

} // namespace heedmap
