#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace heedmap {

/// A folder of its own for one test, removed with everything in it at the end.
class TempFolder
{
public:
    TempFolder()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "heedmap-test-XXXXXX").string();
        if (!::mkdtemp(pattern.data()))
            throw std::runtime_error("cannot make a temporary folder");
        m_path = pattern;
    }
    ~TempFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    const std::filesystem::path& path() const { return m_path; }

    /// The path of a file of this folder, there or not.
    std::string file(const std::string& name) const { return (m_path / name).string(); }

    bool isEmpty() const { return std::filesystem::is_empty(m_path); }

    /// Writes a new file of this folder, in place of an older one, and returns its path.
    std::filesystem::path write(const std::string& name, std::string_view content) const
    {
        std::filesystem::remove(m_path / name); // cutting it to nothing instead may wait for the disk
        std::ofstream stream(m_path / name, std::ios::binary);
        stream.write(content.data(), static_cast<std::streamsize>(content.size()));
        if (!stream.flush())
            throw std::runtime_error("cannot write " + name);
        return m_path / name;
    }

private:
    std::filesystem::path m_path;
};

} // namespace heedmap
