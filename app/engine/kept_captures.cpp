#include "app/engine/kept_captures.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace heedmap {

struct KeptCaptures::OpenFile
{
    OpenFile(std::string name, const std::filesystem::path& path)
        : id(std::move(name)), descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC))
    {
        struct stat status = {};
        if (descriptor < 0 || ::fstat(descriptor, &status) != 0)
            throw Error(ErrorKind::Io, "cannot open the capture {}: {}", path.string(), std::strerror(errno));
        byteCount = static_cast<std::uint64_t>(status.st_size);
    }
    ~OpenFile()
    {
        if (descriptor >= 0)
            ::close(descriptor);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    std::string id;
    int descriptor;
    std::uint64_t byteCount = 0;
};

std::string KeptCaptures::add(const std::filesystem::path& path)
{
    const std::lock_guard lock(m_mutex);
    m_files.push_back(std::make_shared<const OpenFile>(fmt::format("c{}", m_added + 1), path));
    ++m_added;
    if (m_files.size() > kMost)
        m_files.pop_front();
    return m_files.back()->id;
}

std::shared_ptr<const KeptCaptures::OpenFile> KeptCaptures::file(const std::string& id) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = std::ranges::find_if(m_files, [&](const auto& file) { return file->id == id; });
    if (found == m_files.end())
        throw Error(ErrorKind::NotFound, "there is no capture \"{}\" in the engine; it keeps the newest {}",
                    printable(id), kMost);
    return *found;
}

std::uint64_t KeptCaptures::byteCount(const std::string& id) const
{
    return file(id)->byteCount;
}

std::vector<std::byte> KeptCaptures::read(const std::string& id, std::uint64_t offset, std::size_t length) const
{
    const auto source = file(id);
    if (offset > source->byteCount)
        throw Error(ErrorKind::InvalidRequest, "capture {} has {} bytes; there is nothing at {}", id, source->byteCount,
                    offset);
    std::vector<std::byte> bytes(static_cast<std::size_t>(std::min<std::uint64_t>(length, source->byteCount - offset)));
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const ssize_t count = ::pread(source->descriptor, bytes.data() + filled, bytes.size() - filled,
                                      static_cast<off_t>(offset + filled));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            throw Error(ErrorKind::Io, "cannot read capture {}: {}", id,
                        count == 0 ? "the file was cut short" : std::strerror(errno));
        filled += static_cast<std::size_t>(count);
    }
    return bytes;
}

} // namespace heedmap
