#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace heedmap {

/// The captures `capture/get` can fetch: the newest of this engine, held open, so that they need no name in the file
/// system. Thread-safe.
class KeptCaptures
{
public:
    static constexpr std::size_t kMost = 8;

    /// Errors: Io.
    std::string add(const std::filesystem::path& path); ///< → id
    std::uint64_t byteCount(const std::string& id) const;
    /// At most `length` bytes from `offset` on, fewer at the end. Errors: NotFound (no such capture, or dropped for
    /// newer ones), InvalidRequest (beyond the end), Io.
    std::vector<std::byte> read(const std::string& id, std::uint64_t offset, std::size_t length) const;

private:
    struct OpenFile;

    std::shared_ptr<const OpenFile> file(const std::string& id) const;

    mutable std::mutex m_mutex;
    std::deque<std::shared_ptr<const OpenFile>> m_files; ///< oldest first
    int m_added = 0;
};

} // namespace heedmap
