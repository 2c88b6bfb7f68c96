#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <utility>

namespace heedmap {

/// A file mapped read-only. Immutable, thread-safe, shared by everything that points into it.
///
/// A file truncated while it is mapped would kill the program with SIGBUS. Instead the lost page reads as zeros and the
/// mapping is marked broken; `read` turns that into an Error. Mapped bytes therefore must only be used inside `read`,
/// or be followed by `checkIntact`.
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

    /// Throws InvalidFile if any page of the mapping could not be read so far.
    void checkIntact() const;

private:
    MappedFile(std::filesystem::path path, const std::byte* data, std::size_t size);

    std::filesystem::path m_path;
    const std::byte* m_data;
    std::size_t m_size;
    int m_slot;
};

} // namespace heedmap
