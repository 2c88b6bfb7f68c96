#pragma once

#include "app/verbs/verb.h"

namespace heedmap {

Verb infoVerb();

} // namespace heedmap
