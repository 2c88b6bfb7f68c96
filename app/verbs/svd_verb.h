#pragma once

#include "app/verbs/verb.h"

namespace heedmap {

Verb svdVerb();

} // namespace heedmap
