#pragma once

#include "app/verbs/verb.h"

namespace heedmap {

Verb headsVerb();

} // namespace heedmap
