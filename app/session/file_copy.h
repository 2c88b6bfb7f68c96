#pragma once

#include <filesystem>

namespace heedmap {

/// Copies a file of any size so that `to` holds its old content or all of the new one: written beside it, synced,
/// renamed. Any thread. Errors: Io (disk full said as such, permissions), NotFound (`from` is gone).
void copyFileAtomically(const std::filesystem::path& from, const std::filesystem::path& to);

} // namespace heedmap
