#pragma once

#include "app/verbs/verb.h"

namespace heedmap {

Verb weightsVerb();

} // namespace heedmap
