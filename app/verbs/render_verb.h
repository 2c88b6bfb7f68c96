#pragma once

#include "app/verbs/verb.h"

namespace heedmap {

Verb renderVerb();

} // namespace heedmap
