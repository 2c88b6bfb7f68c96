#pragma once

#include "app/verbs/verb.h"

namespace heedmap {

/// heedmap chain A.heed B.heed | X.heedchain [--at SECONDS | --patch R,C | --token N] [--a-map …] [--b-map …]
Verb chainVerb();

} // namespace heedmap
