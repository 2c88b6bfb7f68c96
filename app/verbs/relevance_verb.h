#pragma once

#include "app/verbs/verb.h"

namespace heedmap {

Verb relevanceVerb();

} // namespace heedmap
