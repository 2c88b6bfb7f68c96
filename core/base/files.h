#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// The whole file. Errors: NotFound, Io, TooLarge when it has more than `maxBytes`; a folder or device is InvalidFile.
std::vector<std::byte> readFile(const std::filesystem::path& path, std::size_t maxBytes);
std::string readTextFile(const std::filesystem::path& path, std::size_t maxBytes);

/// Writes a file so that `path` holds either its old content or all of the new one: written beside it, synced, renamed.
/// A symbolic link stays one: its target is replaced. A pipe or character device (/dev/stdout) is written to directly.
/// Errors: Io (the message says "disk full" where that is the cause); nothing is left behind.
void writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> bytes);

/// Lower-case hexadecimal SHA-256, the content id of inputs and models.
std::string sha256Hex(std::span<const std::byte> bytes);

std::span<const std::byte> asBytes(const std::string& text);

} // namespace heedmap
