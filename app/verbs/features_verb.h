#pragma once

#include "app/verbs/verb.h"

namespace heedmap {

Verb featuresVerb();

} // namespace heedmap
