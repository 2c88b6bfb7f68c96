#pragma once

#include "core/base/json.h"

#include <string>

namespace heedmap {

/// The answer of speech/rerank (PROTOCOL.md) as a table for people: the candidates, best first, then the words they do
/// not share. Errors: Json::exception for an answer of another shape.
std::string rankingText(const Json& answer);

} // namespace heedmap
