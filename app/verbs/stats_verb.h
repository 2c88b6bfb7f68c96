#pragma once

#include "app/verbs/verb.h"

namespace heedmap {

Verb statsVerb();

} // namespace heedmap
