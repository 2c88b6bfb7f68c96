#pragma once

#include "app/verbs/verb.h"

namespace heedmap {

Verb whatifVerb();

} // namespace heedmap
