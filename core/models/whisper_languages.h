#pragma once

#include <string_view>

namespace heedmap {

/// "en" for "english"; empty for what is no language's English name. `name` is in lower case.
std::string_view whisperLanguageCode(std::string_view name);

} // namespace heedmap
