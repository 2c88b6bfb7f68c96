#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace heedmap {

/// A file mapped read-only. Immutable, thread-safe, shared by everything that points into it.
///
/// A file truncated while it is mapped would kill the program with SIGBUS. Instead what is lost reads as zeros, and
/// `read` turns that into an Error. Mapped bytes therefore must only be used inside `read`, or be followed by
/// `checkIntact`. The file stays open as long as it is mapped.
class MappedFile
{
public:
    /// Errors: NotFound, Io (cannot be opened or mapped), InvalidFile (not a regular file). An empty file maps to no
    /// bytes.
    static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    std::size_t size() const { return m_size; }
    std::span<const std::byte> bytes() const { return {m_data, m_size}; }

    /// Runs `use`, which may read any mapped bytes, and throws InvalidFile if the file shrank meanwhile.
    template <typename Use>
    auto read(Use&& use) const
    {
        if constexpr (std::is_void_v<decltype(use())>) {
            use();
            checkIntact();
        } else {
            auto result = use();
            checkIntact();
            return result;
        }
    }

    /// Throws InvalidFile if the file is shorter than it was, or any page of the mapping could not be read so far. One
    /// system call: once per row or tensor, not per element.
    void checkIntact() const;

private:
    MappedFile(std::filesystem::path path, int descriptor, std::size_t size);

    void map();

    std::filesystem::path m_path;
    int m_descriptor;
    std::size_t m_size;
    const std::byte* m_data = nullptr;
    int m_slot = -1;
};

} // namespace heedmap
