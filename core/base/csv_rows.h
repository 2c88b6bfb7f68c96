#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace heedmap {

/// The fields of comma-separated values from an untrusted source (RFC 4180; any line end, a byte order mark, and lines
/// that begin with "#" or are empty are skipped). `where` names the source in messages. Errors: InvalidFile (not UTF-8,
/// a quotation mark that is never closed), TooLarge (more than `mostRows`).
std::vector<std::vector<std::string>> csvRows(std::string_view text, const std::string& where, std::size_t mostRows);

} // namespace heedmap
