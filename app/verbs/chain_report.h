#pragma once

#include "core/base/json.h"
#include "core/capture/chain.h"

#include <string>

namespace heedmap {

/// What `heedmap chain` says: both ends, which token is which, and of a place the composed numbers.
Json chainJson(const Chain& chain, const ChainPlace& place);
/// The same for people; of the composed rows the strongest places.
std::string chainText(const Chain& chain, const ChainPlace& place);

} // namespace heedmap
