#pragma once

#include "app/verbs/verb.h"

namespace heedmap {

Verb captureVerb();

} // namespace heedmap
